/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over WBINVD: one #DB, at the next instruction.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "WBINVD". */
#include "case.h"

BODY_16(tf_wbinvd, R"(
	step
mark	wbinvd
	wbinvd
mark	after_wbinvd
	nop
)");

CASE(tf_wbinvd, KERNEL32 | KERNEL64 | REAL16)
{
	RUN(tf_wbinvd);
}
