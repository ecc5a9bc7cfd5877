/* SPDX-License-Identifier: BSD-2-Clause */
/* A #VMEXIT in an interrupt shadow: the VMCB says so. The shadow is from the VMCB, from STI, from
 * MOV SS; last there is none.
 *
 * APM Vol. 2, "Interrupt Shadows". */
#include "case.h"
#include "nested/svm.h"

BODY(nested_shadow_exit, R"(
	int	$33
mark	sti
	sti
mark	behind_sti
	int	$33
mark	mov_ss
	cli
	mov	%ss, %eax
	mov	%eax, %ss
mark	behind_mov_ss
	int	$33
mark	nop
	nop
mark	behind_nop
	int	$33
mark	last
	nop
)");

CASE(nested_shadow_exit, KERNEL32 | KERNEL64)
{
	if (!SVM_PREPARE(nested_shadow_exit))
		return;
	svm_vmcb.intercept_misc1 |= INTERCEPT_INT_N;
	svm_vmcb.interrupt_shadow = INTERRUPT_SHADOW;
	nested_run();
}
