/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that a debugger may execute in the processor's place, by what it writes to registers
 * while the guest is stopped: a MOV, an STC, a jump that is taken, a POPF that sets TF. The guest
 * goes on as if it had executed them.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "MOV", "STC", "ADC", "JMP", "POPF". */
#include "case.h"

BODY(gdb_executes, R"(
	nop
mark	mov
	mov	$5, %eax
mark	stc
	stc
mark	adc
	adc	$2, %eax
mark	jmp
	jmp	1f
mark	not_taken
	mov	$1, %ebx
mark	taken
1:
	mov	xSP, xDI
	push	$0x102		# TF
mark	popf
	popf
mark	first
	nop
mark	second
	nop
)");

CASE(gdb_executes, PROTECTED_MODES)
{
	struct registers left = RUN(gdb_executes);

	note("ax=%x bx=%x", left.ax, left.bx);
}
