/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt descriptor table that all CPUs share. */
#ifndef GUEST_IDT_H
#define GUEST_IDT_H

/* Makes the table anew: interrupt gates for all 256 vectors, to boot/traps.asm. Ring 3 may reach
 * those of INT3, INTO and VECTOR_LEAVE (body.h). */
void idt_init(void);

/* Loads it on the CPU that asks. */
void idt_load(void);

#endif
