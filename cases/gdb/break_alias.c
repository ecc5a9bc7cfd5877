/* SPDX-License-Identifier: BSD-2-Clause */
/* The same instruction by two linear addresses: the page that is unmapped otherwise becomes another
 * view of low memory, and of the body in it. The guest comes to it by that view first, then by the
 * body's own. A debugger's breakpoint is on the latter. The INT3 is where one that steps, and does
 * not know the other view, finds the guest again.
 *
 * SDM Vol. 3, "Paging" (linear addresses that translate to one physical address). */
#include "case.h"
#include "cpu/paging.h"

BODY(break_alias, R"(
	mov	$2, xCX
	mov	$(UNMAPPED + 2f), %eax
1:
	jmp	*xAX
mark	inside
2:
	lea	1(xBX), xBX
	mov	$3f, %eax
	jmp	*xAX
mark	back
3:
	int3
mark	returned
	mov	$2b, %eax
	loop	1b
mark	after
	nop
)");

CASE(break_alias, PROTECTED_MODES)
{
	volatile word *entry = unmapped_entry();
	struct registers left;

	*entry = LARGE_PAGE_OF_ALL;
	write_cr3(read_cr3());
	left = RUN(break_alias);
	*entry = 0;
	write_cr3(read_cr3());
	note("visits=%u", (u32)left.bx);
}
