/* SPDX-License-Identifier: BSD-2-Clause */
/* Far RET and IRET that fault with TF set: #GP for a null selector, #NP for the code segment, #SS
 * for the stack of the ring that RET leads to and, in 64-bit code, for an address that is not
 * canonical. TF is in the image of the fault, and nothing was popped; the trap comes after the
 * instruction at which execution goes on.
 *
 * SDM Vol. 3, "Single-Step Exception Condition", "Exception Classifications"; Vol. 2, "RET",
 * "IRET/IRETD/IRETQ". */
#include "case.h"
#include "cpu/segments.h"

/* Segments of ring 3, base 0, limit 4 GiB. */
#define CODE_NOT_PRESENT 0x00cf7b000000ffff
#define DATA_NOT_PRESENT 0x00cf73000000ffff

/* The same frame for both instructions. */
BODY(far_code, R"(
	.rept	5
	push	$0
	.endr
	step
mark	ret_null
	lret_native
mark	iret_null
	iret_native
mark	next
	movb	$SPARE, width / 8(xSP)
mark	ret
	lret_native
mark	iret
	iret_native
mark	after
	nop
)");

/* RET alone: for IRET, the SDM has #SS in Vol. 3 and #NP in Vol. 2. */
BODY(far_stack, R"(
	push	$SPARE
	push	$0
	push	$USER_CS32
	push	$0
	step
mark	ret
	lret_native
mark	after
	nop
)");

BODY(far_canonical, R"(
	.if width == 64
	mov	%rsp, %rbp
	step
	movabs	$1 << 63, %rsp
mark	ret
	lretq
mark	iret
	iretq
mark	after
	mov	%rbp, %rsp
	.endif
)");

CASE(tf_fault_far, PROTECTED_MODES)
{
	note("fault=code");
	segments_set_spare(CODE_NOT_PRESENT);
	RUN(far_code);
	if (fence_mode() & KERNEL_MODE) {
		note("fault=stack");
		segments_set_spare(DATA_NOT_PRESENT);
		RUN(far_stack);
	}
	if (fence_mode() == USER64) {
		note("fault=address");
		RUN(far_canonical);
	}
}
