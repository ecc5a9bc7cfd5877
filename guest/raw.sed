# SPDX-License-Identifier: BSD-2-Clause
# Turns the raw strings of a case into ordinary ones, for a compiler that has none in C: each line of the text becomes a
# string on a line of its own, so that lines keep their numbers.

/R"($/,/^)"/ {
	s/R"($/""/
	t
	s/^)"/""/
	t
	s/[\"]/\\&/g
	s/.*/"&\\n"/
}
