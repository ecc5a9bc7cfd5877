/* SPDX-License-Identifier: BSD-2-Clause */
/* The IDT; see idt.h. */
#include "cpu/idt.h"

#include "cpu/segments.h"
#include "cpu/x86.h"
#include "leftover.h"

/* In a gate's attributes (SDM Vol. 3, "IDT Descriptors"). */
#define PRESENT 0x8000u
#define TYPE_SHIFT 8
#define DPL_SHIFT 13

struct gate {
	u16 offset_low, selector, attributes, offset_middle;
#ifdef __x86_64__
	u32 offset_high, reserved;
#endif
};

static struct gate idt[256];

extern const word trap_entries[256];

void idt_set(u32 vector, enum gate_type type, u32 dpl)
{
	idt[vector].attributes = (u16)(PRESENT | type << TYPE_SHIFT | dpl << DPL_SHIFT);
}

void idt_set_handler(u32 vector, const void *handler)
{
	idt[vector].offset_low = (u16)(word)handler;
	idt[vector].offset_middle = (u16)((word)handler >> 16);
}

const void *idt_entry(u32 vector)
{
	return (const void *)trap_entries[vector];
}

void idt_send_to(u32 vector, u32 other)
{
	idt_set_handler(vector, idt_entry(other));
}

void idt_set_task(u32 vector, u16 selector, u32 dpl)
{
	idt_set(vector, TASK_GATE, dpl);
	idt[vector].selector = selector;
}

#ifdef __x86_64__
void idt_set_stack(u32 vector, u32 number)
{
	idt[vector].attributes |= (u16)number;
}
#endif

void idt_set_not_present(u32 vector, u32 dpl)
{
	idt_set(vector, INTERRUPT_GATE, dpl);
	idt[vector].attributes &= (u16)~PRESENT;
}

void idt_init(void)
{
	static const u8 for_users[] = {VECTOR_BP, VECTOR_OF, VECTOR_LEAVE};

	for (u32 vector = 0; vector < ARRAY_SIZE(idt); vector++) {
		idt[vector] = (struct gate){.selector = KERNEL_CS};
		idt_set_handler(vector, idt_entry(vector));
		idt_set(vector, INTERRUPT_GATE, 0);
	}
	for (u32 i = 0; i < ARRAY_SIZE(for_users); i++)
		idt_set(for_users[i], INTERRUPT_GATE, 3);
}

void idt_load(void)
{
	struct descriptor_pointer pointer = {sizeof(idt) - 1, (word)idt};

	asm volatile("lidt %0" : : "m"(pointer));
}

static void put_back(void)
{
	idt_init();
	idt_load();
}
LEFTOVER(handlers, put_back);
