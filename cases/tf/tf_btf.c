/* SPDX-License-Identifier: BSD-2-Clause */
/* TF with IA32_DEBUGCTL.BTF set: a #DB after each branch that is taken, at its target, and after no
 * other instruction. Each #DB clears BTF; the handler sets it again.
 *
 * SDM Vol. 3, "Single-Stepping on Branches"; APM Vol. 2, "Control-Transfer Breakpoint Features". */
#include "case.h"
#include "debugctl.h"

BODY(tf_btf, R"(
	step
	nop
	jc	1f		# not taken
	nop
1:
	jnc	2f
	nop
2:
mark	taken
	nop
	jmp	3f
	nop
3:
mark	jumped
	push	$(4f - body_base)
	ret
	nop
4:
mark	returned
	nop
	call	5f
	nop
5:
mark	called
	nop
	jmp	6f
	nop
6:
)");

static bool set_again(struct trap_frame *frame)
{
	(void)frame;
	note("debugctl=%x", (word)debugctl());
	debugctl_set(DEBUGCTL_BTF);
	return false;
}

CASE(tf_btf, PROTECTED_MODES)
{
	if (!debugctl_set(DEBUGCTL_BTF)) {
		log_line("needs btf=1");
		return;
	}
	traps_set_hook(set_again);
	RUN(tf_btf);
}
