/* SPDX-License-Identifier: BSD-2-Clause */
/* Double fault: an exception whose gate is not present is #NP, and if the gate of #NP is not
 * present either, #DF with error code 0. What is saved of the interrupted program is undefined, so
 * the handler goes on elsewhere. First the exception is INT n, then a #DB of TF.
 *
 * SDM Vol. 3, "Interrupt 8--Double Fault Exception (#DF)"; APM Vol. 2, "#DF--Double-Fault
 * Exception (Vector 8)". */
#include "case.h"

#define VECTOR_DF 8
#define VECTOR_NP 11

/* Leaves the error code in AX, and the vector in CX. */
BODY(double_fault, R"(
	mov	xSP, xBP
	mov	$-1, xAX
	int	$33
	jmp	1f
mark	handler
	mov	(xSP), xAX
	mov	xBP, xSP
	mov	$8, %cl
1:
)");

BODY(double_fault_db, R"(
	mov	xSP, xBP
	mov	$-1, xAX
	step
	nop
	jmp	1f
mark	handler
	mov	(xSP), xAX
	mov	xBP, xSP
	mov	$8, %cl
1:
)");

CASE(double_fault, KERNEL32 | KERNEL64)
{
	struct registers left;

	idt_set_not_present(33, 0);
	idt_set_not_present(VECTOR_DB, 0);
	idt_set_not_present(VECTOR_NP, 0);

	idt_set_handler(VECTOR_DF, (const void *)MARK(double_fault, "handler"));
	left = RUN(double_fault);
	note("by=int_n vector=%u error=%h", (u32)left.cx, (u32)left.ax);

	idt_set_handler(VECTOR_DF, (const void *)MARK(double_fault_db, "handler"));
	left = RUN(double_fault_db);
	note("by=db vector=%u error=%h", (u32)left.cx, (u32)left.ax);
}
