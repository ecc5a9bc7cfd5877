/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory and text; see string.h. */
#include "string.h"

/* By doublewords as far as it goes: an emulator is as long over a byte. */
void *memcpy(void *to, const void *from, size_t size)
{
	size_t count = size / 4;
	void *start = to;

	asm volatile("rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	count = size % 4;
	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
	return start;
}

void *memset(void *to, int byte, size_t size)
{
	size_t count = size / 4;
	void *start = to;

	asm volatile("rep stosl" : "+D"(to), "+c"(count) : "a"((u8)byte * 0x01010101u) : "memory");
	count = size % 4;
	asm volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(byte) : "memory");
	return start;
}

typedef u32 __attribute__((may_alias, aligned(1))) anything;

int memcmp(const void *left, const void *right, size_t size)
{
	const u8 *a = left, *b = right;
	size_t i = 0;

	while (i + 4 <= size && *(const anything *)(a + i) == *(const anything *)(b + i))
		i += 4;
	for (; i < size; i++)
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

u32 hexadecimal(const char *text)
{
	u32 value = 0;

	for (;; text++) {
		char letter = *text | ('a' ^ 'A');

		if (letter >= '0' && letter <= '9')
			value = value << 4 | (u32)(letter - '0');
		else if (letter >= 'a' && letter <= 'f')
			value = value << 4 | (u32)(letter - 'a' + 10);
		else
			return value;
	}
}

/* Where it does not go on, the last * takes one character more: what the ones before took stays. */
bool glob(const char *pattern, size_t pattern_size, const char *text)
{
	const char *end = pattern + pattern_size, *after_star = NULL, *taken = text;

	for (;;) {
		if (pattern < end && *pattern == '*') {
			after_star = ++pattern;
			taken = text;
		} else if (pattern < end && *text && (*pattern == '?' || *pattern == *text)) {
			pattern++;
			text++;
		} else if (pattern == end && !*text) {
			return true;
		} else if (after_star && *taken) {
			pattern = after_star;
			text = ++taken;
		} else {
			return false;
		}
	}
}
