/* SPDX-License-Identifier: BSD-2-Clause */
/* PUSHF and POPF with TF: the images that PUSHF stores without and with TF, and the one instruction by
 * which a POPF that sets TF delays the first trap. The POPF that clears TF is itself still trapped.
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, "PUSHF/PUSHFD/PUSHFQ", "POPF/POPFD/POPFQ". */
#include "case.h"

BODY(pushf_popf_tf, "pushf\n"                                  /* */
		    "pop xAX\n"                                /* AX: the image without TF */
		    "pushf\n" SET_TF_IN_IMAGE                  /* */
		    MARK(popf_set) "popf\n"                    /* */
		    MARK(pushf) "pushf\n"                      /* */
		    MARK(load) "mov (xSP), xBX\n"              /* BX: the image with TF */
		    MARK(clear) CLEAR_TF_IN_IMAGE              /* */
		    MARK(popf_clear) "popf\n"                  /* */
		    MARK(cleared) "pushf\n"                    /* */
				  "pop xCX\n");                /* CX: without TF again */

CASE(pushf_popf_tf, KERNEL32 | KERNEL64 | USER32 | USER64)
{
	struct registers left = RUN(pushf_popf_tf);

	note("before=%f", left.ax);
	note("set=%f", left.bx);
	note("cleared=%f", left.cx);
}
