/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over the string instructions without REP, in each operand size, upwards and downwards, with
 * another segment and another address size: one #DB each, at the next one.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, their pages. */
#include "case.h"
#include "cpu/segments.h"
#include "string.h"

/* Of the diagnostic card and the DMA page registers that no channel uses. */
#define PORT 0x84

BODY_16(tf_every_string, R"(
	mov	$(scratch + 64), xSI
	mov	$(scratch + 64), xDI
	mov	$0x84, %dx
	step
each	first, nop
each	movsb, movsb
each	movsw, movsw
each	movsl, movsl
each	stosb, stosb
each	stosw, stosw
each	stosl, stosl
each	lodsb, lodsb
each	lodsw, lodsw
each	lodsl, lodsl
each	cmpsb, cmpsb
each	cmpsw, cmpsw
each	cmpsl, cmpsl
each	scasb, scasb
each	scasw, scasw
each	scasl, scasl
	.if width == 64
each	movsq, movsq
each	stosq, stosq
each	lodsq, lodsq
each	cmpsq, cmpsq
each	scasq, scasq
	.endif
each	outsb, outsb
each	outsw, outsw
each	outsl, outsl
each	insb, insb
each	insw, insw
each	insl, insl
each	lodsb_es, lodsb %es:(xSI)
	.if width != 32
each	movsb_address, movsb (%esi), (%edi)
	.endif
each	std, std
each	movsb_down, movsb
each	stosb_down, stosb
each	lodsb_down, lodsb
each	outsb_down, outsb
each	insb_down, insb
each	cld, cld
each	last, nop
)");

CASE(tf_every_string, PROTECTED_MODES | SEGMENT_MODES, .trap_budget = 100)
{
	memset(physical(SCRATCH), 0, 256);
	for (u8 port = PORT; port < PORT + 4; port++)
		segments_allow_port(port);
	RUN(tf_every_string);
}
