/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions that write memory in ways of their own: each is reported once, right after it.
 * Emulators have functions of their own for most of them.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions"; Vol. 2, their pages. */
#include "case.h"
#include "cpu/features.h"

#define CR4_OSFXSR (1ul << 9)

/* Each writes byte 4, where the form of what it stores leaves nothing reserved. */
BODY(dbreak_helpers, R"(
	fninit
	mov	$1, %ebx
	cmpxchg8b scratch
mark	cmpxchg8b
	mov	$60, %ecx
	mov	$scratch, xDX
	clc
	btsl	%ecx, (xDX)	# in the second doubleword
mark	bts
	pushf			# of the flags BTS defines CF alone, and ZF stays
	movb	$2, (xSP)
	popf
	xor	%eax, %eax
	xadd	%eax, scratch + 4
mark	xadd
	mov	scratch + 4, %eax
	cmpxchg	%ebx, scratch + 4
mark	cmpxchg
	movups	%xmm0, scratch
mark	movups
	fnstenv	scratch
mark	fnstenv
	fnsave	scratch
mark	fnsave
	fxsave	scratch
mark	fxsave
	fldz
	fistpll	scratch
mark	fistp
	fldz
	fbstp	scratch
mark	fbstp
	sgdt	scratch
mark	sgdt
	sidt	scratch
mark	sidt
	nop
)");

static const struct feature features[] = {
	{"cx8", 1, FEATURE_EDX, 8}, {"fxsr", 1, FEATURE_EDX, 24}, {"sse", 1, FEATURE_EDX, 25}};

CASE(dbreak_helpers, PROTECTED_MODES)
{
	u8 *watched = physical(SCRATCH);

	if (!HAS_FEATURES(features))
		return;
	for (u32 i = 0; i < 512; i++)
		watched[i] = 0;
	write_cr4(read_cr4() | CR4_OSFXSR);
	breakpoint_set(0, SCRATCH + 4, BREAK_WRITE, 1);
	RUN(dbreak_helpers);
}
