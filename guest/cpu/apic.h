/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC, in whichever of its two modes the firmware left it: xAPIC (memory-mapped) or
 * x2APIC (MSRs). */
#ifndef GUEST_CPU_APIC_H
#define GUEST_CPU_APIC_H

#include "types.h"

/* Masks the 8259s, whose vectors are those of exceptions until somebody changes that: the
 * firmware's timer would look like a double fault as soon as a case sets IF. */
void apic_mask_8259(void);

/* Enables the local APIC of the CPU that asks. */
void apic_init(void);

/* The APIC ID of the CPU that asks. */
u32 apic_id(void);

/* Interprocessor interrupts to the CPU with this APIC ID (SDM Vol. 3, "Interrupt Command Register
 * (ICR)"). */
void apic_send_init(u32 id);
void apic_send_init_deassert(void); /* goes to all, including the one that sends it */
void apic_send_sipi(u32 id, u8 page);
void apic_send_nmi(u32 id);
void apic_send_fixed(u32 id, u8 vector);

/* Ends the interrupt of this vector, if it came through the local APIC of the CPU that asks. */
void apic_end_interrupt(u8 vector);

/* Whether an interrupt waits to be taken by the CPU that asks. */
bool apic_interrupt_waits(void);

/* Registers that INIT resets (SDM Vol. 3, "Local APIC Register Address Map"). */
enum apic_register {
	APIC_ID = 0x020,
	APIC_TPR = 0x080,
	APIC_EOI = 0x0b0,
	APIC_LDR = 0x0d0,
	APIC_DFR = 0x0e0,
	APIC_SVR = 0x0f0,
	APIC_ISR = 0x100,
	APIC_IRR = 0x200,
	APIC_ICR = 0x300,
	APIC_ICR_HIGH = 0x310,
	APIC_LVT_TIMER = 0x320,
	APIC_LVT_LINT0 = 0x350,
	APIC_LVT_LINT1 = 0x360,
	APIC_LVT_ERROR = 0x370,
	APIC_TIMER_COUNT = 0x380, /* the initial one */
	APIC_TIMER_DIVIDE = 0x3e0,
};
u32 apic_read(enum apic_register offset);
void apic_write(enum apic_register offset, u32 value);

#endif
