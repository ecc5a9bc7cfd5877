/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints on one processor, while another does the same. */
#ifndef CASES_EACH_CPU_H
#define CASES_EACH_CPU_H

#include "types.h"

/* Has both processors RUN, with breakpoints armed on the boot processor, on both, on the other one.
 * ARM arms breakpoint NUMBER, 0 or 1, on that processor. */
void each_cpu(void (*arm)(u32 number), void (*run)(void));

#endif
