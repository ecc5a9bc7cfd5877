# SPDX-License-Identifier: BSD-2-Clause
# Of what nm and then objdump say of an image, the instructions of bodies of one width (-v width=): "ADDRESS INSTRUCTION"
# lines for the section trapline.instructions, by which the harness knows where a debugger that steps has to be.
function address(text) {
	sub(/^0+/, "", text)
	return text
}
NF == 3 && $3 ~ "_" width "_(start|end)$" {
	if ($3 ~ /_end$/)
		border[address($1)] = "end"
	else if (!(address($1) in border)) # an empty body ends where it starts
		border[address($1)] = "start"
}
/^[0-9a-f]+ <.*>:$/ && address($1) in border {
	inside = border[address($1)] == "start"
}
inside && /^ +[0-9a-f]+:\t/ {
	sub(/^ +/, "")
	sub(/:\t/, " ")
	sub(/ +<.*/, "")
	print
}
