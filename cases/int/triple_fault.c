/* SPDX-License-Identifier: BSD-2-Clause */
/* An exception that finds no IDT: neither it, nor the #GP about that, nor the double fault can be
 * delivered, and the processor shuts down, which a PC answers with a reset.
 *
 * SDM Vol. 3, "Interrupt 8--Double Fault Exception (#DF)". */
#include "case.h"

extern const struct descriptor_pointer no_idt;
const struct descriptor_pointer no_idt = {0, 0};

BODY(triple_fault, R"(
	lidt	no_idt
mark	int3
	int3
mark	after
	nop
)");

CASE(triple_fault, KERNEL32 | KERNEL64, .resets = true)
{
	RUN(triple_fault);
}
