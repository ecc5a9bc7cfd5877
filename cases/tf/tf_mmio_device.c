/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over instructions of every form that read and write memory-mapped I/O of a device that a
 * hypervisor leaves to its user space, unlike the local APIC of tf_mmio: one #DB each, at the next
 * instruction. The register is the HPET's first, which is read-only; where there is no HPET,
 * nothing is there.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, their pages. */
#include "case.h"

BODY(tf_mmio_device, R"(
	mov	$0xfed00000, %edi
	mov	$0xfed00000, %esi
	step
each	first, nop
each	read, mov (xDI), %eax
each	write, mov %eax, (xDI)
each	write_immediate, movl $0, (xDI)
each	xchg, xchg %eax, (xDI)
each	not, notl (xDI)
each	lock_not, lock notl (xDI)
each	push, push xAX
each	pop, pop (xDI)
each	push_register, push (xDI)
each	lods, lodsl
each	load_source, mov $scratch, xSI
each	movs_to, movsl
each	load, mov $0xfed00000, %edi
each	stos, stosl
each	load_again, mov $0xfed00000, %esi
each	load_target, mov $scratch, xDI
each	movs_from, movsl
each	last, nop
)");

CASE(tf_mmio_device, KERNEL32 | KERNEL64)
{
	RUN(tf_mmio_device);
}
