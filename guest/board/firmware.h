/* SPDX-License-Identifier: BSD-2-Clause */
/* The firmware's tables that say which CPUs there are. */
#ifndef GUEST_BOARD_FIRMWARE_H
#define GUEST_BOARD_FIRMWARE_H

#include "types.h"

/* Each writes the APIC IDs of the usable CPUs, at most MAX of them, and returns how many it wrote:
 * 0 without a table. */
u32 madt_find_cpus(u32 *apic_ids, u32 max);
u32 mptable_find_cpus(u32 *apic_ids, u32 max);

/* For both: looks in the usual places of a BIOS, on 16-byte boundaries, for SIGNATURE at the start
 * of a structure of SIZE bytes whose sum is 0. NULL for none. */
const void *firmware_scan(const char *signature, size_t size);

bool sums_to_zero(const void *start, size_t size);

#endif
