/* SPDX-License-Identifier: BSD-2-Clause */
/* A second task; see task.h. */
#include "task.h"

#ifdef __x86_64__

void task_prepare(word ip, bool own_t, struct far_pointer *to_task, struct far_pointer *back)
{
	(void)ip;
	(void)own_t;
	(void)to_task;
	(void)back;
}

void task_forget(void)
{
}

#else

#include "segments.h"
#include "string.h"
#include "x86.h"

/* SDM Vol. 3, "Task-State Segment (TSS)": what matters here, as doublewords. */
enum {
	TSS_CR3 = 7,
	TSS_EIP = 8,
	TSS_EFLAGS = 9,
	TSS_ESP = 14,
	TSS_ES = 18,
	TSS_CS = 19,
	TSS_SS = 20
};
enum { TSS_DS = 21, TSS_FS = 22, TSS_GS = 23, TSS_T = 25, TSS_WORDS = 26 };

#define TSS_IOMAP (TSS_WORDS * 4u << 16)
#define TSS_AVAILABLE 0x89ull
#define DESCRIPTOR_BUSY (2ull << 40)

static struct descriptor_pointer before;
static u64 gdt[64];
static u32 tss[TSS_WORDS];
static u8 stack[256] __attribute__((aligned(16)));
static u16 own_selector;

static u32 *own_tss(void)
{
	const u64 *table = (const u64 *)before.base;
	u64 descriptor = table[own_selector / 8];

	return (u32 *)(word)((descriptor >> 16 & 0xffffff) | (descriptor >> 56) << 24);
}

void task_prepare(word ip, bool own_t, struct far_pointer *to_task, struct far_pointer *back)
{
	struct descriptor_pointer pointer = {sizeof(gdt) - 1, (word)gdt};
	u16 selector = sizeof(gdt) - 8;

	asm volatile("str %0" : "=r"(own_selector));
	asm volatile("sgdt %0" : "=m"(before));
	memset(gdt, 0, sizeof(gdt));
	memcpy(gdt, (const void *)before.base, before.limit + 1u);
	gdt[selector / 8] = (sizeof(tss) - 1) | ((u64)(word)tss & 0xffffff) << 16 |
			    TSS_AVAILABLE << 40 | (u64)((word)tss >> 24) << 56;
	asm volatile("lgdt %0" : : "m"(pointer));

	memset(tss, 0, sizeof(tss));
	tss[TSS_CR3] = read_cr3();
	tss[TSS_EIP] = ip;
	tss[TSS_EFLAGS] = FLAGS_FIXED;
	tss[TSS_ESP] = (word)(stack + sizeof(stack));
	tss[TSS_CS] = KERNEL_CS;
	tss[TSS_ES] = tss[TSS_SS] = tss[TSS_DS] = tss[TSS_FS] = tss[TSS_GS] = KERNEL_DS;
	tss[TSS_T] = TSS_IOMAP;
	own_tss()[TSS_CR3] = read_cr3();
	own_tss()[TSS_T] = (own_tss()[TSS_T] & ~1u) | own_t;

	*to_task = (struct far_pointer){0, selector};
	*back = (struct far_pointer){0, own_selector};
}

void task_forget(void)
{
	if (!before.base)
		return;
	own_tss()[TSS_T] &= ~1u;
	/* TR is loaded anew, from a descriptor that must not be busy, in case the task was not
	 * left. */
	((u64 *)before.base)[own_selector / 8] &= ~DESCRIPTOR_BUSY;
	asm volatile("lgdt %0" : : "m"(before));
	asm volatile("ltr %0" : : "r"(own_selector));
	before.base = 0;
}

#endif
