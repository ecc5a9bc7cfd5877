/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt descriptor table that all CPUs share. */
#ifndef GUEST_IDT_H
#define GUEST_IDT_H

#include "types.h"

enum gate_type { INTERRUPT_GATE = 14, TRAP_GATE = 15 };

/* Makes the table anew: interrupt gates for all 256 vectors, to boot/traps.asm. Ring 3 may reach
 * those of INT3, INTO and VECTOR_LEAVE (body.h). */
void idt_init(void);

/* Changes the gate of one vector until the end of the case: its type and DPL. */
void idt_set(u32 vector, enum gate_type type, u32 dpl);

/* Sends a vector somewhere else than to boot/traps.asm, until the end of the case. */
void idt_set_handler(u32 vector, const void *handler);

/* The same for a gate that is not present. */
void idt_set_not_present(u32 vector, u32 dpl);

/* Loads it on the CPU that asks. */
void idt_load(void);

#endif
