/* SPDX-License-Identifier: BSD-2-Clause */
/* A program that reads an MSR which is not there, four functions deep, of which the compiler is to inline two. */

static inline __attribute__((always_inline)) unsigned long long rdmsr(unsigned index)
{
	unsigned low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index));
	return (unsigned long long)high << 32 | low;
}

static inline __attribute__((always_inline)) void read_capabilities(unsigned long long *to)
{
	for (unsigned index = 0x48d; index <= 0x491; index++)
		*to++ = rdmsr(index);
}

__attribute__((noinline)) void initialize_cpu(unsigned long long *to)
{
	read_capabilities(to);
	to[5] = 1;
}

__attribute__((noinline)) int initialize(unsigned long long *to)
{
	initialize_cpu(to);
	return to[0] == to[5];
}

void _start(void)
{
	unsigned long long values[6];

	while (initialize(values))
		;
	for (;;)
		;
}
