/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on an entry of the paging structures: the processor's own walk meets it neither when
 * it reads the entry nor when it sets the accessed and dirty flags in it. An instruction that reads
 * the entry does.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)": comparisons are made with linear addresses,
 * before the translation; "Hierarchical Paging Structures: an Overview": entries are found by
 * physical addresses; "Accessed and Dirty Flags". */
#include "case.h"

#define LARGE_PAGE_OF_ALL 0x87 /* present, writable, for ring 3, large; at physical address 0 */
#define ACCESSED (1u << 5)
#define DIRTY (1u << 6)

BODY(dbreak_page_walk, R"(
	mov	scratch, xDI	# where the entry is
	mov	UNMAPPED + SCRATCH, %al
mark	read
	mov	%al, UNMAPPED + SCRATCH
mark	written
	mov	(xDI), %eax
mark	entry
	nop
)");

/* The paging structures are where they were made, in memory that is mapped to itself. */
static volatile word *page_directory_entry(void)
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

CASE(dbreak_page_walk, PROTECTED_MODES)
{
	volatile word *entry = page_directory_entry();
	struct registers left;

	*entry = LARGE_PAGE_OF_ALL;
	write_cr3(read_cr3());
	*(word *)physical(SCRATCH) = (word)entry;
	breakpoint_set(0, (word)entry, BREAK_ACCESS, 4);
	left = RUN(dbreak_page_walk);
	breakpoints_clear();
	*entry = 0;
	write_cr3(read_cr3());
	note("accessed=%u dirty=%u", !!(left.ax & ACCESSED), !!(left.ax & DIRTY));
}
