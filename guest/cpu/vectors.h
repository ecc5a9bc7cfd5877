/* SPDX-License-Identifier: BSD-2-Clause */
/* What the architecture says of each vector. */
#ifndef GUEST_CPU_VECTORS_H
#define GUEST_CPU_VECTORS_H

#include "types.h"

/* What the log calls an exception; NULL for a vector that is none. */
const char *vector_name(u32 vector);

/* Whether its exception is reported before the instruction takes effect: see vectors.c. */
bool is_fault(u32 vector);

/* Whether the CPU pushes an error code for this vector. */
bool pushes_error(u32 vector);

#endif
