/* SPDX-License-Identifier: BSD-2-Clause */
/* An NMI and a single-step trap at one boundary: the IRET that ends the handler of an NMI, and so
 * lets in the next one, which is held back meanwhile, is executed with TF set. The trap on the
 * instruction before goes first, so the NMI comes at the first instruction of the handler of #DB.
 *
 * SDM Vol. 3, "Priority Among Concurrent Events", "Handling Multiple NMIs"; APM Vol. 2,
 * "Priorities". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1

volatile u32 nmi_iret_tf_ready, nmi_iret_tf_held, nmi_iret_tf_go;

BODY(nmi_iret_tf, R"(
	movl	$1, nmi_iret_tf_ready
	jmp	.
mark	handler
	movl	$1, nmi_iret_tf_held
1:
	mov	nmi_iret_tf_go, %ecx
	jecxz	1b
	push_iret_frame set_tf_in_image
	step
mark	iret
	iret_native
1:
mark	first
	nop
mark	second
	nop
)");

static void spin(void)
{
	RUN(nmi_iret_tf);
}

CASE(nmi_iret_tf, KERNEL32 | KERNEL64, .cpus = 2)
{
	nmi_iret_tf_ready = nmi_iret_tf_held = nmi_iret_tf_go = 0;
	idt_set_handler(VECTOR_NMI, (const void *)MARK(nmi_iret_tf, "handler"));
	if (!smp_start(AP, spin))
		return;
	while (!nmi_iret_tf_ready)
		pause();
	smp_send_nmi(AP);
	while (!nmi_iret_tf_held)
		pause();
	idt_send_to(VECTOR_NMI, VECTOR_NMI);
	smp_send_held_nmi(AP);
	nmi_iret_tf_go = 1;
	smp_join();
}
