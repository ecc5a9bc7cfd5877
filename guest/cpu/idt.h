/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt descriptor table that all CPUs share. */
#ifndef GUEST_CPU_IDT_H
#define GUEST_CPU_IDT_H

#include "types.h"

/* The software interrupt by which a body in ring 3 ends; guest/cpu/enter.asm has it too. */
#define VECTOR_LEAVE 0xfe

enum gate_type { TASK_GATE = 5, INTERRUPT_GATE = 14, TRAP_GATE = 15 };

/* Makes the table anew: interrupt gates for all 256 vectors, to boot/traps.asm. Ring 3 may reach
 * those of INT3, INTO and VECTOR_LEAVE. */
void idt_init(void);

/* Changes the gate of one vector until the end of the case: its type and DPL. */
void idt_set(u32 vector, enum gate_type type, u32 dpl);

/* The same for a gate that is not present. */
void idt_set_not_present(u32 vector, u32 dpl);

/* Where boot/traps.asm takes a vector. */
const void *idt_entry(u32 vector);

/* Sends a vector somewhere else than to boot/traps.asm, until the end of the case. */
void idt_set_handler(u32 vector, const void *handler);

/* Sends a vector to the entry of another one, under whose name it is logged, until the end of the
 * case: one without an error code for INT n, which pushes none, through the vector of an exception
 * that does. */
void idt_send_to(u32 vector, u32 other);

/* Makes the gate of one vector a task gate until the end of the case. KERNEL32's image only. */
void idt_set_task(u32 vector, u16 selector, u32 dpl);

#ifdef __x86_64__
/* Gives the gate of one vector, as idt_set() has left it, an entry of the interrupt stack table, 1
 * to 7 (segments_set_interrupt_stack()), until the end of the case. */
void idt_set_stack(u32 vector, u32 number);
#endif

/* Loads it on the CPU that asks. */
void idt_load(void);

#endif
