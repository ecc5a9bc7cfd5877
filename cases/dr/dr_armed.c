/* SPDX-License-Identifier: BSD-2-Clause */
/* DR0 and DR7's fields change while breakpoint 0 is enabled, by MOV from the very code that meets
 * it: each access is held against what was written last, the old place is free at once.
 *
 * SDM Vol. 3, "Debug Control Register (DR7)", "Breakpoint Field Recognition", "Serializing
 * Instructions" (MOV to debug register). */
#include "case.h"

/* DR7 with breakpoint 0 enabled (L0), by its fields. */
BODY_16(dr_armed, R"(
.set write_1, 0x10401
.set write_2, 0x50401
.set write_4, 0xd0401
.set access_1, 0x30401
.set execute, 0x401
.set watched, SCRATCH
	.if width == 64
	.set drAX, %rax
	.else
	.set drAX, %eax
	.endif
	mov	$watched, %eax
	mov	drAX, %dr0
	mov	$write_1, %eax
	mov	drAX, %dr7
	mov	%al, scratch
mark	armed
	mov	$watched + 8, %eax
	mov	drAX, %dr0
	mov	%al, scratch + 8
mark	moved
	mov	%al, scratch
mark	old_place
	mov	$write_4, %eax
	mov	drAX, %dr7
	mov	%al, scratch + 11
mark	longer
	mov	$write_2, %eax
	mov	drAX, %dr7
	mov	%al, scratch + 9
mark	shorter
	mov	%al, scratch + 11
mark	old_length
	mov	scratch + 8, %al
mark	read
	mov	$access_1, %eax
	mov	drAX, %dr7
	mov	scratch + 8, %al
mark	access
	mov	$execute, %eax
	mov	drAX, %dr7
	mov	%al, scratch + 8
mark	execute
	mov	$write_1, %eax
	mov	drAX, %dr7
	mov	%al, scratch + 8
mark	again
	nop
)");

CASE(dr_armed, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(dr_armed);
}
