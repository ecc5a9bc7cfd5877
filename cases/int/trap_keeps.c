/* SPDX-License-Identifier: BSD-2-Clause */
/* What traps and faults leave alone on the way to their handler: the general registers, CR2, DR0 to
 * DR3. DR7, which all lines have, stays too. A page fault changes CR2, and nothing else of these.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)", "Debug Control Register (DR7)", "Interrupt 1",
 * "Interrupt 3", "Interrupt 14". */
#include "case.h"

#define CR2 0x12345678ul

/* Neither is enabled. */
#define UNUSED_2 0x22222222ul
#define UNUSED_3 0x33333333ul

BODY(trap_keeps, R"(
	.macro fill digit, register, register64
	.if width == 64
	movabs	$0x\digit\digit\digit\digit\digit\digit\digit\digit, %r\register64
	.else
	mov	$0x\digit\digit\digit\digit, %e\register
	.endif
	.endm

	fill	11, ax, ax
	fill	22, bx, bx
	fill	33, cx, cx
	fill	44, dx, dx
	fill	55, si, si
	fill	66, di, di
	fill	77, bp, bp
	.if width == 64
	fill	88, none, 8
	fill	99, none, 9
	fill	aa, none, 10
	fill	bb, none, 11
	fill	cc, none, 12
	fill	dd, none, 13
	fill	ee, none, 14
	fill	ff, none, 15
	.endif
	.purgem	fill
mark	int3
	int3
mark	int_n
	int	$4
mark	icebp
	.byte	0xf1
mark	ud2
	ud2
mark	fault
	mov	%al, UNMAPPED
mark	step
	step
	nop
mark	write
	mov	%al, scratch
mark	after
	nop
mark	breakpoint
	nop
)");

/* Adds the name of a register that does not have its value any more. */
static void hold(struct line *line, const char *name, word value, word was)
{
	if (fence_mode() == COMPAT32) /* it has no more of them */
		value = (u32)value;
	if (value == was)
		return;
	line_add(line, "%s%s", line->text[line->size - 1] == '=' ? "" : ",", name);
}

static bool tell(struct trap_frame *frame)
{
	const word ones = fence_mode() == COMPAT32 ? 0x11111111 : (word)-1 / 15;
	struct line line;

	line_begin(&line);
	line_add(&line, "note changed=");
	hold(&line, "ax", frame->ax, ones * 1);
	hold(&line, "bx", frame->bx, ones * 2);
	hold(&line, "cx", frame->cx, ones * 3);
	hold(&line, "dx", frame->dx, ones * 4);
	hold(&line, "si", frame->si, ones * 5);
	hold(&line, "di", frame->di, ones * 6);
	hold(&line, "bp", frame->bp, ones * 7);
#ifdef __x86_64__
	if (fence_mode() != COMPAT32) {
		hold(&line, "r8", frame->r8, ones * 8);
		hold(&line, "r9", frame->r9, ones * 9);
		hold(&line, "r10", frame->r10, ones * 10);
		hold(&line, "r11", frame->r11, ones * 11);
		hold(&line, "r12", frame->r12, ones * 12);
		hold(&line, "r13", frame->r13, ones * 13);
		hold(&line, "r14", frame->r14, ones * 14);
		hold(&line, "r15", frame->r15, ones * 15);
	}
#endif
	hold(&line, "cr2", read_cr2(), CR2);
	hold(&line, "dr0", read_dr0(), MARK(trap_keeps, "breakpoint"));
	hold(&line, "dr1", read_dr1(), SCRATCH);
	hold(&line, "dr2", read_dr2(), UNUSED_2);
	hold(&line, "dr3", read_dr3(), UNUSED_3);
	if (line.text[line.size - 1] == '=')
		line_add(&line, "-");
	line_write(&line);
	write_cr2(CR2);
	frame->flags &= ~FLAGS_TF;
	return false;
}

CASE(trap_keeps, PROTECTED_MODES)
{
	traps_set_hook(tell);
	write_cr2(CR2);
	breakpoint_set(0, MARK(trap_keeps, "breakpoint"), BREAK_EXECUTE, 1);
	breakpoint_set(1, SCRATCH, BREAK_WRITE, 1);
	breakpoint_set_address(2, UNUSED_2);
	breakpoint_set_address(3, UNUSED_3);
	RUN(trap_keeps);
}
