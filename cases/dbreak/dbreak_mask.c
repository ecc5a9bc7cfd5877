/* SPDX-License-Identifier: BSD-2-Clause */
/* AMD's breakpoint address masks: the bits of the linear address that are set in a breakpoint's
 * mask are not compared, so that one register watches more than eight bytes, or more than one
 * instruction; the other registers' breakpoints are as they were.
 *
 * APM Vol. 2, "Debug Breakpoint Address Masking". */
#include "case.h"
#include "leftover.h"
#include "msr.h"

#define CPUID_80000001_ECX_DATA_BREAKPOINT_EXTENSION (1u << 26)
#define MSR_DR0_ADDRESS_MASK 0xc0011027
#define MSR_DR1_ADDRESS_MASK 0xc0011019

BODY(dbreak_mask, R"(
	movb	$0, scratch + 0x0f
mark	below
	movb	$0, scratch + 0x10
mark	first
	movb	$0, scratch + 0x1f
mark	last
	movb	$0, scratch + 0x20
mark	above
	jmp	1f
	.balign	16
mark	row
1:	nop
mark	second
	nop
	jmp	2f
	.balign	16
mark	next_row
2:	nop
	movb	$0, scratch + 0x40
mark	exact
	movb	$0, scratch + 0x41
mark	beside
	nop
)");

static bool changed;

/* False where the CPU does not take it, whatever CPUID says. */
static bool set_masks(u32 mask)
{
	return try_write_msr(MSR_DR0_ADDRESS_MASK, mask) &&
	       try_write_msr(MSR_DR1_ADDRESS_MASK, mask);
}

static void put_back(void)
{
	if (changed)
		set_masks(0);
	changed = false;
}
LEFTOVER(registers, put_back);

CASE(dbreak_mask, PROTECTED_MODES)
{
	changed =
		cpu_is_amd() &&
		(cpuid_if_present(0x80000001).ecx & CPUID_80000001_ECX_DATA_BREAKPOINT_EXTENSION) &&
		set_masks(0xf);
	if (!changed) {
		log_line("needs dbx=1");
		return;
	}
	breakpoint_set(0, SCRATCH + 0x10, BREAK_WRITE, 1);
	breakpoint_set(1, MARK(dbreak_mask, "row"), BREAK_EXECUTE, 1);
	breakpoint_set(2, SCRATCH + 0x40, BREAK_WRITE, 1);
	RUN(dbreak_mask);
}
