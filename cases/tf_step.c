/* SPDX-License-Identifier: BSD-2-Clause */
/* TF: a #DB after each instruction that starts with TF set, DR6.BS set.
 * SDM Vol. 3, "Single-Step Exception Condition". */
#include "case.h"

BODY(tf_step, "pushf\n" SET_TF_IN_IMAGE "popf\n" /* */
	      MARK(first) "nop\n"                /* */
	      MARK(second) "nop\n"               /* */
	      MARK(pushf) "pushf\n"              /* */
	      MARK(clear) CLEAR_TF_IN_IMAGE      /* */
	      MARK(popf) "popf\n"                /* */
	      MARK(stepped) "nop\n");

CASE(tf_step, KERNEL32 | KERNEL64 | USER32 | USER64)
{
	RUN(tf_step);
}
