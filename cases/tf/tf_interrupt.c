/* SPDX-License-Identifier: BSD-2-Clause */
/* TF with an interrupt pending, both let in by one POPF: the interrupt comes after the POPF, which
 * is itself not trapped, with TF in its image; its handler is not stepped; its IRET sets TF again,
 * so the first trap is after the instruction that it returns to.
 *
 * SDM Vol. 3, "Priority Among Concurrent Events" (traps on the previous instruction before external
 * interrupts), "Single-Step Exception Condition". */
#include "case.h"
#include "cpu/smp.h"

#define VECTOR 0x40

BODY_16(tf_interrupt, R"(
	pushf
	movb	$3, 1(xSP)	# TF and IF
mark	popf
	popf
mark	first
	nop
mark	second
	nop
mark	pushf
	pushf
mark	clear
	movb	$0, 1(xSP)
mark	clearing
	popf
)");

CASE(tf_interrupt, KERNEL32 | KERNEL64 | REAL16)
{
	smp_send_fixed(BOOT_CPU, VECTOR);
	RUN(tf_interrupt);
}
