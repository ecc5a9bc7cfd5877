/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory and text; see string.h. */
#include "string.h"

void *memcpy(void *to, const void *from, size_t size)
{
	void *start = to;

	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
	return start;
}

void *memset(void *to, int byte, size_t size)
{
	void *start = to;

	asm volatile("rep stosb" : "+D"(to), "+c"(size) : "a"(byte) : "memory");
	return start;
}

int memcmp(const void *left, const void *right, size_t size)
{
	const u8 *a = left, *b = right;

	for (size_t i = 0; i < size; i++)
		if (a[i] != b[i])
			return a[i] - b[i];
	return 0;
}

int strcmp(const char *left, const char *right)
{
	while (*left && *left == *right)
		left++, right++;
	return (u8)*left - (u8)*right;
}

size_t strlen(const char *text)
{
	size_t size = 0;

	while (text[size])
		size++;
	return size;
}

bool glob(const char *pattern, size_t pattern_size, const char *text)
{
	if (!pattern_size)
		return !*text;
	if (*pattern == '*')
		return glob(pattern + 1, pattern_size - 1, text) ||
		       (*text && glob(pattern, pattern_size, text + 1));
	return *text && (*pattern == '?' || *pattern == *text) &&
	       glob(pattern + 1, pattern_size - 1, text + 1);
}
