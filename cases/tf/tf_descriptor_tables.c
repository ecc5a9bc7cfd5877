/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over SGDT, SIDT, SLDT, STR and LGDT, LIDT, LLDT (each is given back the value it has): one #DB
 * each, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "SGDT", "LGDT/LIDT", "LLDT". */
#include "case.h"

BODY(tf_descriptor_tables, R"(
	step
mark	room
	lea	-16(xSP), xSP
mark	sgdt
	sgdt	(xSP)
mark	lgdt
	.if width == 64
	lgdt	(xSP)
	.else
	lgdtl	(xSP)
	.endif
mark	sidt
	sidt	(xSP)
mark	lidt
	.if width == 64
	lidt	(xSP)
	.else
	lidtl	(xSP)
	.endif
mark	sldt
	sldt	%ax
mark	lldt
	lldt	%ax
mark	str
	str	%ax
mark	after
	nop
)");

CASE(tf_descriptor_tables, KERNEL32 | KERNEL64)
{
	RUN(tf_descriptor_tables);
}
