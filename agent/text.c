/* SPDX-License-Identifier: BSD-2-Clause */
/* Strings; see text.h. */
#include "text.h"

void *memset(void *target, int value, u64 size)
{
	for (u64 i = 0; i < size; i++)
		((u8 *)target)[i] = value;
	return target;
}

u64 length(const char *text)
{
	u64 size = 0;

	while (text[size])
		size++;
	return size;
}

void add(char *to, const char *text)
{
	u64 at = length(to);

	while (*text && at < LONGEST - 1)
		to[at++] = *text++;
	to[at] = 0;
}

void add_number(char *to, long number)
{
	char digits[24], *first = digits + sizeof digits - 1;

	*first = 0;
	do
		*--first = '0' + number % 10;
	while (number /= 10);
	add(to, first);
}
