/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions in a page that comes and goes: the page that is unmapped otherwise becomes another
 * view of low memory, and of the body in it, and is taken away again, twice.
 *
 * SDM Vol. 3, "Invalidation of TLBs and Paging-Structure Caches" (MOV to CR3). */
#include "case.h"
#include "cpu/paging.h"

BODY(break_unmapped, R"(
	mov	$2, xCX
1:
	int3			# maps the page
mark	mapped
	mov	$(UNMAPPED + 2f), %eax
	jmp	*xAX
mark	inside
2:
	lea	1(xBX), xBX
	mov	$3f, %eax
	jmp	*xAX
mark	back
3:
	nop
	int3			# unmaps it
mark	unmapped
	nop
	loop	1b
mark	after
	nop
)");

static bool toggle(struct trap_frame *frame)
{
	volatile word *entry = unmapped_entry();

	(void)frame;
	*entry = *entry ? 0 : LARGE_PAGE_OF_ALL;
	write_cr3(read_cr3());
	return true;
}

CASE(break_unmapped, PROTECTED_MODES)
{
	struct registers left;

	traps_set_hook(toggle);
	left = RUN(break_unmapped);
	note("visits=%u", (u32)left.bx);
}
