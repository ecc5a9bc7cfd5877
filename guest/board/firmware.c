/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a BIOS leaves the anchors of its tables: the first KiB of the extended BIOS data area, the
 * last KiB of base memory, the BIOS ROM (ACPI 6.5, "Finding the RSDP on IA-PC Systems";
 * MultiProcessor Specification 1.4, "MP Floating Pointer Structure"). */
#include "board/firmware.h"

#include "cpu/x86.h"
#include "string.h"

bool sums_to_zero(const void *start, size_t size)
{
	const u8 *byte = start;
	u8 sum = 0;

	while (size--)
		sum += *byte++;
	return !sum;
}

const void *firmware_scan(const char *signature, size_t size)
{
	const struct {
		u32 start, size;
	} places[] = {
		{*(const u16 *)physical(0x40e) * 16u, 1024}, {639 << 10, 1024}, {0xe0000, 0x20000}};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		for (u32 offset = 0; offset + size <= places[i].size; offset += 16) {
			const void *found = physical(places[i].start + offset);

			if (!memcmp(found, signature, strlen(signature)) &&
			    sums_to_zero(found, size))
				return found;
		}
	return NULL;
}
