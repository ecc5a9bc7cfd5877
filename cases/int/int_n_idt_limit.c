/* SPDX-License-Identifier: BSD-2-Clause */
/* INT n with a vector beyond the IDT's limit, by its whole gate or by the gate's last byte: #GP at
 * the instruction, its error code naming the vector as a refused gate would, EXT clear. The last
 * vector within the limit is taken.
 *
 * SDM Vol. 2, "INT n/INTO/INT3/INT1"; Vol. 3, "Interrupt Descriptor Table (IDT)". */
#include "case.h"

#define LAST_VECTOR 64u
#define GATE_SIZE (2 * sizeof(word))

BODY(int_n_idt_limit, R"(
mark	int_64
	int	$64
mark	int_65
	int	$65
mark	int_255
	int	$255
mark	after
	nop
)");

/* The fence loads the whole IDT again. */
static void set_limit(u16 limit)
{
	struct descriptor_pointer idt;

	asm volatile("sidt %0" : "=m"(idt));
	idt.limit = limit;
	asm volatile("lidt %0" : : "m"(idt));
}

CASE(int_n_idt_limit, KERNEL32 | KERNEL64)
{
	set_limit((LAST_VECTOR + 1) * GATE_SIZE - 1);
	RUN(int_n_idt_limit);
	note("limit=last_byte_missing");
	set_limit((LAST_VECTOR + 2) * GATE_SIZE - 2);
	RUN(int_n_idt_limit);
}
