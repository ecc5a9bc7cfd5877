/* SPDX-License-Identifier: BSD-2-Clause */
/* A second task; see task.h. */
#include "task.h"

#ifdef __x86_64__

void task_prepare(word ip, word flags, bool own_t, struct far_pointer *to_task,
		  struct far_pointer *back)
{
	(void)ip;
	(void)flags;
	(void)own_t;
	(void)to_task;
	(void)back;
}

void task_handle(u32 vector, u32 dpl)
{
	(void)vector;
	(void)dpl;
}

#else

#include "cpu/idt.h"
#include "cpu/segments.h"
#include "cpu/x86.h"
#include "leftover.h"
#include "string.h"
#include "traps.h"

/* SDM Vol. 3, "Task-State Segment (TSS)": what matters here, as doublewords. */
enum {
	TSS_CR3 = 7,
	TSS_EIP = 8,
	TSS_EFLAGS = 9,
	TSS_EAX = 10,
	TSS_ECX = 11,
	TSS_EDX = 12,
	TSS_EBX = 13,
	TSS_ESP = 14,
	TSS_EBP = 15,
	TSS_ESI = 16,
	TSS_EDI = 17,
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
static u8 stack[4096] __attribute__((aligned(16)));
static u16 own_selector;

static u32 *own_tss(void)
{
	const u64 *table = (const u64 *)before.base;
	u64 descriptor = table[own_selector / 8];

	return (u32 *)(word)((descriptor >> 16 & 0xffffff) | (descriptor >> 56) << 24);
}

void task_prepare(word ip, word flags, bool own_t, struct far_pointer *to_task,
		  struct far_pointer *back)
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
	tss[TSS_EFLAGS] = FLAGS_FIXED | flags;
	tss[TSS_ESP] = (word)(stack + sizeof(stack));
	tss[TSS_CS] = KERNEL_CS;
	tss[TSS_ES] = tss[TSS_SS] = tss[TSS_DS] = tss[TSS_FS] = tss[TSS_GS] = KERNEL_DS;
	tss[TSS_T] = TSS_IOMAP;
	own_tss()[TSS_CR3] = read_cr3();
	own_tss()[TSS_T] = (own_tss()[TSS_T] & ~1u) | own_t;

	*to_task = (struct far_pointer){0, selector};
	*back = (struct far_pointer){0, own_selector};
}

/* The task that handles a vector: the IRET at the end of the loop leaves it, by NT and the link in
 * its TSS, and the next entry goes on after it. An exception with an error code leaves that on the
 * stack. */
extern const char task_loop[];
asm(".pushsection .text\n"
    "task_loop:\n\t"
    "push	%esp\n\t"
    "call	task_entered\n\t"
    "mov	%eax, %esp\n\t"
    ".global task_loop.to_body\n"
    "task_loop.to_body:\n\t"
    "iret\n\t"
    "jmp	task_loop\n\t"
    ".popsection");

/* Returns the empty stack. */
u8 *task_entered(const u32 *entry_stack);

static u32 handled;

u8 *task_entered(const u32 *entry_stack)
{
	u8 *top = stack + sizeof(stack);
	u32 *left = own_tss();
	struct trap_frame frame = {
		.gs = left[TSS_GS],
		.fs = left[TSS_FS],
		.es = left[TSS_ES],
		.ds = left[TSS_DS],
		.di = left[TSS_EDI],
		.si = left[TSS_ESI],
		.bp = left[TSS_EBP],
		.bx = left[TSS_EBX],
		.dx = left[TSS_EDX],
		.cx = left[TSS_ECX],
		.ax = left[TSS_EAX],
		.vector = handled | FRAME_TASK,
		.error = (const u8 *)entry_stack < top ? *entry_stack : 0,
		.ip = left[TSS_EIP],
		.cs = left[TSS_CS],
		.flags = left[TSS_EFLAGS],
		.sp = left[TSS_ESP],
		.ss = left[TSS_SS],
	};

	trap(&frame);
	left[TSS_EIP] = frame.ip;
	left[TSS_EFLAGS] = frame.flags;
	return top;
}

void task_handle(u32 vector, u32 dpl)
{
	struct far_pointer to_task, back;

	task_prepare((word)task_loop, 0, false, &to_task, &back);
	handled = vector;
	idt_set_task(vector, to_task.selector, dpl);
}

static void forget(void)
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
LEFTOVER(tables, forget);

#endif
