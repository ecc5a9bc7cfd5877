/* SPDX-License-Identifier: BSD-2-Clause */
/* RDRAND and RDSEED under TF, which may have no number yet. */
#ifndef TF_RANDOM_H
#define TF_RANDOM_H

#include "types.h"

/* Has the instruction at ADDRESS, an RDRAND or RDSEED of a register that needs no REX prefix,
 * executed again where the trap after it has CF clear, a thousand times at most: it had no number
 * (SDM Vol. 2, "RDRAND", "RDSEED"). Only the last trap is logged. */
void random_until_there(word address);

#endif
