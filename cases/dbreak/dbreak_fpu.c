/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses by the x87 FPU of ten and of two bytes meet data breakpoints on the bytes that only the
 * wide ones reach.
 *
 * SDM Vol. 3, "Data Memory and I/O Breakpoint Exception Conditions" and "Breakpoint Field
 * Recognition". */
#include "case.h"

BODY_16(dbreak_fpu, R"(
	fninit
	fldt	scratch
mark	loaded_10
	fstpt	scratch
mark	stored_10
	fnstcw	scratch + 7
mark	stored_2_before
	fnstcw	scratch + 8
mark	stored_2
	fldcw	scratch + 8
mark	loaded_2
	fninit
)");

CASE(dbreak_fpu, PROTECTED_MODES | SEGMENT_MODES)
{
	u8 *watched = physical(SCRATCH);

	for (u32 i = 0; i < 10; i++)
		watched[i] = 0;
	breakpoint_set(0, SCRATCH + 9, BREAK_ACCESS, 1);
	RUN(dbreak_fpu);
}
