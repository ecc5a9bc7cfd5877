/* SPDX-License-Identifier: BSD-2-Clause */
/* A breakpoint on an entry of the paging structures: the processor's own walk meets it neither when
 * it reads the entry nor when it sets the accessed and dirty flags in it. An instruction that reads
 * the entry does.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)": comparisons are made with linear addresses,
 * before the translation; "Hierarchical Paging Structures: an Overview": entries are found by
 * physical addresses; "Accessed and Dirty Flags". */
#include "case.h"
#include "cpu/paging.h"

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

CASE(dbreak_page_walk, PROTECTED_MODES)
{
	volatile word *entry = unmapped_entry();
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
