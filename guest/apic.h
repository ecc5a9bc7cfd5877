/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC, in whichever of its two modes the firmware left it: xAPIC (memory-mapped) or
 * x2APIC (MSRs). */
#ifndef GUEST_APIC_H
#define GUEST_APIC_H

#include "types.h"

/* Enables the local APIC of the CPU that asks. */
void apic_init(void);

/* The APIC ID of the CPU that asks. */
u32 apic_id(void);

/* Interprocessor interrupts to the CPU with this APIC ID (SDM Vol. 3, "Interrupt Command Register
 * (ICR)"). */
void apic_send_init(u32 id);
void apic_send_sipi(u32 id, u8 page);

#endif
