/* SPDX-License-Identifier: BSD-2-Clause */
/* ACPI's Multiple APIC Description Table (ACPI 6.5, "Multiple APIC Description Table (MADT)"). */
#include "board/bootloader.h"
#include "board/firmware.h"
#include "cpu/x86.h"
#include "string.h"

struct rsdp {
	char signature[8]; /* "RSD PTR " */
	u8 checksum;
	char oem[6];
	u8 revision;
	u32 rsdt;
	/* from here on only in revision 2 */
	u32 size;
	u64 xsdt;
} __attribute__((packed));

#define RSDP_REVISION_1_SIZE 20

/* The firmware puts tables anywhere. */
typedef u32 __attribute__((aligned(1))) pointer;

struct table {
	char signature[4];
	u32 size;
	u8 revision, checksum;
	char oem_and_creator[26];
} __attribute__((packed));

#define MADT_ENTRIES (sizeof(struct table) + 8)

/* "Processor Local APIC Structure" and "Processor Local x2APIC Structure" */
struct entry {
	u8 type, size;
	union {
		struct {
			u8 processor, apic_id;
			u32 flags;
		} __attribute__((packed)) local_apic;
		struct {
			u16 reserved;
			u32 apic_id, flags;
		} __attribute__((packed)) local_x2apic;
	};
} __attribute__((packed));

enum entry_type { LOCAL_APIC = 0, LOCAL_X2APIC = 9 };

#define CPU_ENABLED 1

/* The table with this signature that the root table lists, 0 for none; each of the root table's
 * pointers has POINTER_SIZE bytes, of which the lower four count: the tables lie below 4 GiB. */
static u32 find_table(u32 root, u32 pointer_size, const char *signature)
{
	u32 size = root ? ((const struct table *)physical(root))->size : 0;

	for (u32 offset = sizeof(struct table); offset + pointer_size <= size;
	     offset += pointer_size) {
		u32 address = *(const pointer *)physical(root + offset);
		const struct table *table = physical(address);

		if (!memcmp(table->signature, signature, 4) && sums_to_zero(table, table->size))
			return address;
	}
	return 0;
}

static u32 find_madt(void)
{
	const struct rsdp *rsdp = bootloader_rsdp();

	if (!rsdp)
		rsdp = firmware_scan("RSD PTR ", RSDP_REVISION_1_SIZE);
	if (!rsdp)
		return 0;
	if (rsdp->rsdt)
		return find_table(rsdp->rsdt, sizeof(u32), "APIC");
	return rsdp->revision >= 2 ? find_table((u32)rsdp->xsdt, sizeof(u64), "APIC") : 0;
}

u32 madt_find_cpus(u32 *apic_ids, u32 max)
{
	u32 madt = find_madt(), cpus = 0, size;

	if (!madt)
		return 0;
	size = ((const struct table *)physical(madt))->size;
	for (u32 offset = MADT_ENTRIES; offset + 2 <= size && cpus < max;) {
		const struct entry *entry = physical(madt + offset);

		if (entry->type == LOCAL_APIC && (entry->local_apic.flags & CPU_ENABLED))
			apic_ids[cpus++] = entry->local_apic.apic_id;
		if (entry->type == LOCAL_X2APIC && (entry->local_x2apic.flags & CPU_ENABLED))
			apic_ids[cpus++] = entry->local_x2apic.apic_id;
		if (!entry->size)
			break;
		offset += entry->size;
	}
	return cpus;
}
