/* SPDX-License-Identifier: BSD-2-Clause */
/* The MultiProcessor table (Intel MultiProcessor Specification 1.4, chapter 4), the only one on
 * QEMU's microvm without ACPI. Its entry count is not used: qboot leaves it 0. */
#include "board/firmware.h"
#include "cpu/x86.h"
#include "string.h"

struct floating_pointer {
	char signature[4]; /* _MP_ */
	u32 table;
	u8 length, revision, checksum, features[5];
} __attribute__((packed));

struct table {
	char signature[4]; /* PCMP */
	u16 size;
	u8 revision, checksum;
	char oem[20];
	u32 oem_table;
	u16 oem_size, entries;
	u32 local_apic;
	u32 extended;
} __attribute__((packed));

struct cpu_entry {
	u8 type, apic_id, apic_version, flags;
	u32 signature, features, reserved[2];
} __attribute__((packed));

#define TYPE_CPU 0
#define OTHER_ENTRY_SIZE 8
#define CPU_ENABLED 1

u32 mptable_find_cpus(u32 *apic_ids, u32 max)
{
	const struct floating_pointer *pointer = firmware_scan("_MP_", sizeof(*pointer));
	const struct table *table;
	u32 cpus = 0, offset;

	if (!pointer || !pointer->table)
		return 0;
	table = physical(pointer->table);
	if (memcmp(table->signature, "PCMP", 4) || !sums_to_zero(table, table->size))
		return 0;
	for (offset = sizeof(*table); offset < table->size && cpus < max;) {
		const struct cpu_entry *entry = physical(pointer->table + offset);

		offset += entry->type == TYPE_CPU ? sizeof(*entry) : OTHER_ENTRY_SIZE;
		if (entry->type == TYPE_CPU && (entry->flags & CPU_ENABLED))
			apic_ids[cpus++] = entry->apic_id;
	}
	return cpus;
}
