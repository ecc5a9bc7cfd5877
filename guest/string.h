/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory and text: what GCC itself calls, and what the command line needs. */
#ifndef GUEST_STRING_H
#define GUEST_STRING_H

#include "types.h"

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *left, const void *right, size_t size);
size_t strlen(const char *text);
int strcmp(const char *left, const char *right);

/* Whether TEXT matches PATTERN, in which * stands for any characters and ? for one. The pattern
 * ends after PATTERN_SIZE characters. */
bool glob(const char *pattern, size_t pattern_size, const char *text);

#endif
