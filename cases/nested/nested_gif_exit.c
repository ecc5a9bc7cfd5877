/* SPDX-License-Identifier: BSD-2-Clause */
/* The global interrupt flag after #VMEXIT: clear, so that an NMI waits until the hypervisor's STGI,
 * and comes right after it. Another CPU sends the NMI as soon as the nested guest has been left,
 * and lets the hypervisor go on when it is pending.
 *
 * APM Vol. 2, "#VMEXIT", "Global Interrupt Flag, STGI and CLGI Instructions". */
#include "bare.h"
#include "case.h"
#include "cpu/smp.h"
#include "nested/svm.h"

#define HYPERVISOR 1

volatile u32 nested_gif_exit_left, nested_gif_exit_go;

BODY(nested_gif_exit, R"(
	mov	$svm_vmcb, xAX
	vmrun	xAX
mark	left
	movl	$1, nested_gif_exit_left
1:
	mov	nested_gif_exit_go, %ecx
	jecxz	1b
mark	stgi
	stgi
mark	after
	nop
	jmp	1f
mark	guest
	vmmcall
1:
)");

static void hypervise(void)
{
	SVM_PREPARE(nested_gif_exit);
	bare_aim(MARK(nested_gif_exit, "guest"));
	RUN(nested_gif_exit);
}

CASE(nested_gif_exit, KERNEL32 | KERNEL64, .cpus = 2)
{
	if (!nested_svm.present()) {
		log_line("needs %s", nested_svm.needs);
		return;
	}
	nested_gif_exit_left = nested_gif_exit_go = 0;
	if (!smp_start(HYPERVISOR, hypervise))
		return;
	while (!nested_gif_exit_left)
		pause();
	smp_send_held_nmi(HYPERVISOR);
	nested_gif_exit_go = 1;
	smp_join();
}
