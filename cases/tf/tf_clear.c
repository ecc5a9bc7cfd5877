/* SPDX-License-Identifier: BSD-2-Clause */
/* TF clear: instructions that a hypervisor may carry out itself, or that a debugger's own TF could
 * be seen through, one after the other. None traps, and no image of the flags has TF.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "LAHF", "PUSHF/PUSHFD/PUSHFQ". */
#include "case.h"

BODY_16(tf_clear, R"(
mark	lahf
	lahf
mark	sahf
	sahf
mark	out
	out	%al, $0x80
mark	in
	in	$0x80, %al
mark	cpuid
	mov	$0, %eax
	cpuid
mark	load
	mov	%ss, %ecx
mark	mov_ss
	mov	%ecx, %ss
mark	behind_mov_ss
	mov	$2, xCX
mark	sti
	sti
mark	behind_sti
	cli
mark	behind_cli
	lea	-64(xSP), xSP
	lea	(xSP), xSI
	lea	32(xSP), xDI
mark	rep_movs
	rep movsb
mark	pushf
	pushf
	pop	xAX
)");

CASE(tf_clear, KERNEL32 | KERNEL64 | REAL16)
{
	struct registers left = RUN(tf_clear);

	note("pushf=%f", left.ax);
}
