/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a row of instructions that any program may execute: one #DB each, at the next one. What
 * orders memory, locks it, loads segments, tells of descriptors, checks, or leads to the very next
 * instruction ends a block in what translates code, or has a function or a VM exit of its own.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, their pages. */
#include "case.h"
#include "cpu/features.h"
#include "string.h"

BODY_16(tf_every_integer, R"(
	mov	$scratch, xSI
	mov	$scratch, xBX
	.if width == 16
	mov	%ds, 18(xSI)	# far pointers: offset 0, the segment that is there
	.else
	mov	%ds, 20(xSI)
	.endif
	step
each	first, nop
each	nop_operand, nopl (xSI)
each	lfence, lfence
each	mfence, mfence
each	sfence, sfence
each	clflush, clflush (xSI)
each	prefetch, prefetchnta (xSI)
each	movnti, movnti %eax, (xSI)
each	xchg_byte, xchg %al, (xSI)
each	xchg_long, xchg %eax, (xSI)
each	lock_inc, lock incl (xSI)
each	lock_add, lock addl $1, (xSI)
each	lock_adc, lock adcl $1, (xSI)
each	lock_sub, lock subl $2, (xSI)
each	lock_sbb, lock sbbl $0, (xSI)
each	lock_dec, lock decl (xSI)
each	lock_neg, lock negl (xSI)
each	lock_not, lock notl (xSI)
each	lock_xadd, lock xadd %eax, (xSI)
each	lock_cmpxchg, lock cmpxchg %ecx, (xSI)
each	lock_cmpxchg8b, lock cmpxchg8b 8(xSI)
each	xadd, xadd %edx, 4(xSI)
each	cmpxchg, cmpxchg %ecx, 4(xSI)
each	cmpxchg8b, cmpxchg8b 8(xSI)
each	bswap, bswap %eax
each	rcl, rcl $1, %eax
each	xlat, xlat
each	stc, stc
each	cmc, cmc
each	clc, clc
each	std, std
each	cld, cld
each	sgdt, sgdt 32(xSI)
each	sidt, sidt 48(xSI)
each	smsw, smsw %cx
	.if width != 16
each	sldt, sldt %cx
each	str, str %cx
	.endif
each	from_ds, mov %ds, %cx
each	to_ds, mov %ecx, %ds
each	to_fs, mov %ecx, %fs
	.if width != 16
each	lar, lar %cx, %edx
each	lsl, lsl %cx, %edx
each	verr, verr %cx
each	verw, verw %cx
	.endif
each	push_fs, push %fs
each	pop_gs, pop %gs
	.if width == 16
each	lfs, lfs 16(xSI), %ax
each	lgs, lgs 16(xSI), %ax
	.else
each	lfs, lfs 16(xSI), %eax
each	lgs, lgs 16(xSI), %eax
	.endif
	.if width != 64
each	push_ds, push %ds
each	pop_es, pop %es
each	lds, lds 16(xSI), xAX
each	les, les 16(xSI), xAX
each	pusha, pusha
each	popa, popa
each	bound, bound xAX, 24(xSI)
each	into, into
	.endif
	.if width == 32
each	arpl, arpl %cx, %cx
	.endif
each	enter, enter $8, $1
each	leave, leave
each	pushf, pushf
each	popf, popf
each	push_memory, push (xSI)
each	pop_memory, pop (xSI)
each	jmp_next, jmp 1f
1:
each	loop_next, loop 1f
1:
each	loope_next, loope 1f
1:
each	loopne_next, loopne 1f
1:
each	call_next, call 1f
1:
each	pop, pop xDX
each	load_jmp, mov $(1f - body_base), xDX
each	jmp_register, jmp *xDX
1:
each	load_call, mov $(1f - body_base), xDX
each	call_register, call *xDX
1:
each	push, push $(1f - body_base)
each	ret_pop, ret $(width / 8)
1:
each	last, nop
)");

static const struct feature features[] = {{"cx8", 1, FEATURE_EDX, 8},
					  {"sse", 1, FEATURE_EDX, 25},
					  {"sse2", 1, FEATURE_EDX, 26},
					  {"clfsh", 1, FEATURE_EDX, 19}};

CASE(tf_every_integer, PROTECTED_MODES | SEGMENT_MODES, .trap_budget = 100)
{
	if (!HAS_FEATURES(features))
		return;
	memset(physical(SCRATCH), 0, 64);
	RUN(tf_every_integer);
}
