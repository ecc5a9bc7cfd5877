/* SPDX-License-Identifier: BSD-2-Clause */
/* A task gate's DPL counts for INT3 and INT n as that of other gates does: #GP at the instruction.
 *
 * SDM Vol. 3, "Interrupt Tasks"; Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"
#include "task.h"

BODY_16(task_gate_dpl0, R"(
mark	int3
	int3
mark	int_3
	.byte	0xcd, 3
mark	after
	nop
)");

CASE(task_gate_dpl0, USER32 | VM86)
{
	task_handle(VECTOR_BP, 0);
	RUN(task_gate_dpl0);
}
