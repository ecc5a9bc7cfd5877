/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt and trap gates: INT n with TF, IF and NT set. Both kinds save the flags as they are and
 * clear TF and NT for the handler; only the interrupt gate clears IF too.
 *
 * SDM Vol. 3, "Flag Usage By Exception- or Interrupt-Handler Procedure"; APM Vol. 2, "Legacy
 * Protected-Mode Interrupt Control Transfers" and "Long-Mode Interrupt Control Transfers". */
#include "case.h"

#define VECTOR_INTERRUPT_GATE 32
#define VECTOR_TRAP_GATE 33

/* What the handler runs with, of the flags that entering it may change. */
static bool prepare_or_note(struct trap_frame *frame)
{
	word flags;

	asm volatile("pushf\n\t"
		     "pop %0"
		     : "=r"(flags)
		     :
		     : "memory");
	if (frame_vector(frame) == VECTOR_BP) {
		frame->flags |= FLAGS_IF | FLAGS_NT;
		return true;
	}
	note("handler=%f", (flags & (FLAGS_TF | FLAGS_IF | FLAGS_NT)) | FLAGS_FIXED);
	return false;
}

/* Ring 3 could not set IF itself. */
BODY_16(gate_type_flags, R"(
	int3
mark	interrupt_gate
	int	$32
mark	trap_gate
	int	$33
mark	after
	nop
)");

BODY_16(gate_type_tf, R"(
	int3
	step
mark	interrupt_gate
	int	$32
mark	trap_gate
	int	$33
mark	after
	nop
)");

CASE(gate_type_flags, PROTECTED_MODES | VM86)
{
	idt_set(VECTOR_INTERRUPT_GATE, INTERRUPT_GATE, 3);
	idt_set(VECTOR_TRAP_GATE, TRAP_GATE, 3);
	traps_set_hook(prepare_or_note);
	note("tf=clear");
	RUN(gate_type_flags);
	note("tf=set");
	RUN(gate_type_tf);
}
