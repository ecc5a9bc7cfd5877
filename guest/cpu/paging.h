/* SPDX-License-Identifier: BSD-2-Clause */
/* The paging structures that the boot code has made, in memory that is mapped to itself. */
#ifndef GUEST_CPU_PAGING_H
#define GUEST_CPU_PAGING_H

#include "cpu/x86.h"
#include "types.h"

#define PAGE_SIZE 0x1000
#define LARGE_PAGE_OF_ALL 0x87 /* present, writable, for ring 3, large; at physical address 0 */

/* The entry for the large page at UNMAPPED; whoever changes it loads CR3 again, and puts it back.
 * SDM Vol. 3, "32-Bit Paging" and "4-Level Paging and 5-Level Paging". */
static inline volatile word *unmapped_entry(void)
{
	volatile word *table = (volatile word *)read_cr3();

#ifdef __x86_64__
	table = (volatile word *)(table[0] & ~0xffful);
	table = (volatile word *)(table[UNMAPPED >> 30] & ~0xffful);
	return &table[UNMAPPED >> 21 & 0x1ff];
#else
	return &table[UNMAPPED >> 22];
#endif
}

#endif
