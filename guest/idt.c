/* SPDX-License-Identifier: BSD-2-Clause */
/* The IDT; see idt.h. */
#include "idt.h"

#include "body.h"
#include "segments.h"
#include "x86.h"

/* Type and attributes of an interrupt gate (SDM Vol. 3, "IDT Descriptors"). */
#define GATE_KERNEL 0x8e00u
#define GATE_USER 0xee00u

struct gate {
	u16 offset_low, selector, attributes, offset_middle;
#ifdef __x86_64__
	u32 offset_high, reserved;
#endif
};

static struct gate idt[256];

extern const word trap_entries[256];

static bool user_may_raise(u32 vector)
{
	return vector == VECTOR_BP || vector == VECTOR_OF || vector == VECTOR_LEAVE;
}

void idt_init(void)
{
	for (u32 vector = 0; vector < ARRAY_SIZE(idt); vector++)
		idt[vector] = (struct gate){
			.offset_low = (u16)trap_entries[vector],
			.selector = KERNEL_CS,
			.attributes = user_may_raise(vector) ? GATE_USER : GATE_KERNEL,
			.offset_middle = (u16)(trap_entries[vector] >> 16),
		};
}

void idt_load(void)
{
	struct descriptor_pointer pointer = {sizeof(idt) - 1, (word)idt};

	asm volatile("lidt %0" : : "m"(pointer));
}
