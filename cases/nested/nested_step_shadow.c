/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over STI and MOV SS in a nested guest, #DB intercepted: an exit after STI, in its interrupt
 * shadow, and none after MOV SS.
 *
 * APM Vol. 2, "Interrupt Shadows", "Single Stepping"; SDM Vol. 3, "Saving Non-Register State",
 * "Masking Exceptions and Interrupts When Switching Stacks". */
#include "case.h"
#include "nested/any.h"

BODY(nested_step_shadow, R"(
	sti
mark	behind_sti
	cli
mark	mov_ss
	mov	%ss, %eax
mark	to_ss
	mov	%eax, %ss
mark	behind_mov_ss
	nop
mark	last
	nop
)");

CASE(nested_step_shadow, KERNEL32 | KERNEL64)
{
	struct nested *nested = NESTED_PREPARE(nested_step_shadow);

	if (!nested)
		return;
	nested->exceptions = 1u << VECTOR_DB;
	nested->flags |= FLAGS_TF;
	nested_run();
}
