/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over REP STOS to memory-mapped I/O and REP MOVS from it, which a hypervisor executes itself:
 * one #DB for each iteration, with RIP at the instruction until the last one, and CX as far as it
 * has got. The registers are the HPET's first, which are read-only; where there is no HPET, nothing
 * is there.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "REP/REPE/REPZ/REPNE/REPNZ". */
#include "case.h"

/* How far the instruction has got. */
static bool note_count(struct trap_frame *frame)
{
	note("count=%u", (u32)frame->cx);
	return false;
}

BODY(tf_rep_mmio, R"(
	mov	$0xfed00000, %edi
	mov	$0xfed00000, %esi
	mov	$2, xCX
	step
mark	rep_stos
	rep stosl
mark	target
	mov	$scratch, xDI
mark	count
	mov	$2, xCX
mark	rep_movs
	rep movsl
mark	after
	nop
)");

CASE(tf_rep_mmio, KERNEL32 | KERNEL64)
{
	traps_set_hook(note_count);
	RUN(tf_rep_mmio);
}
