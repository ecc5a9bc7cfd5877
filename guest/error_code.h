/* SPDX-License-Identifier: BSD-2-Clause */
/* Error codes: what their bits say. */
#ifndef GUEST_ERROR_CODE_H
#define GUEST_ERROR_CODE_H

#include "log.h"
#include "types.h"

/* Adds " means=" and the names of what is set to a line, "-" for nothing; no word at all where the
 * vector's error code is no set of bits. */
void line_add_error_meaning(struct line *line, u32 vector, u32 error);

#endif
