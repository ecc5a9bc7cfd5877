/* SPDX-License-Identifier: BSD-2-Clause */
/* The GDT and the task-state segments; see segments.h. */
#include "cpu/segments.h"

#include "cpu/real.h"
#include "cpu/x86.h"
#include "leftover.h"
#include "string.h"

/* The I/O permission bit map, of the first 256 ports; all bits of the byte after it are to be set
 * (SDM Vol. 1, "I/O Permission Bit Map"). */
#define PORTS 256
#define PORT_BYTES (PORTS / 8 + 1)

/* Below it, the software interrupt redirection bit map (SDM Vol. 3, "Class 3--Software Interrupt
 * Handling in Virtual-8086 Mode"). */
#define REDIRECTION_BYTES (256 / 8)

#ifdef __x86_64__
/* SDM Vol. 3, "Task Management in 64-bit Mode" */
struct tss {
	u32 reserved0;
	u64 rsp[3];
	u64 reserved1;
	u64 ist[7];
	u64 reserved2;
	u16 reserved3;
	u16 iomap;
	u8 redirection[REDIRECTION_BYTES];
	u8 ports[PORT_BYTES];
} __attribute__((packed));

#define TSS_DESCRIPTOR_SIZE 16
#define GATE_SIZE 16
#define NATIVE_CODE 0x00af9b000000ffff
#else
/* SDM Vol. 3, "Task-State Segment (TSS)" */
struct tss {
	u32 link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags;
	u32 eax, ecx, edx, ebx, esp, ebp, esi, edi, es, cs, ss, ds, fs, gs, ldt;
	u16 trap, iomap;
	u8 redirection[REDIRECTION_BYTES];
	u8 ports[PORT_BYTES];
} __attribute__((packed));

#define TSS_DESCRIPTOR_SIZE 8
#define GATE_SIZE 8
#define NATIVE_CODE 0x00cf9b000000ffff
#endif

static struct tss tss[MAX_CPUS];

static u64 gdt[(SPARE / 8 * 8 + GATE_SIZE) / 8] = {
	[KERNEL_CS / 8] = NATIVE_CODE,
	[KERNEL_DS / 8] = 0x00cf93000000ffff,
	[USER_CS32 / 8] = 0x00cffb000000ffff,
	[USER_DS / 8] = 0x00cff3000000ffff,
	[USER_CS64 / 8] = 0x00affb000000ffff,
	[USER_CS64 / 8 + 1] = 0x00cff3000000ffff, /* SYSEXIT to 64-bit code takes SS from here */
	[REAL_CS / 8] = 0x00009b000000ffff | (u64)(REAL_STUBS_SEGMENT << 4) << 16,
	[REAL_DS / 8] = 0x000093000000ffff,
};

_Static_assert(SPARE / 8 * 8 >= FIRST_TSS + MAX_CPUS * TSS_DESCRIPTOR_SIZE,
	       "SPARE is after the last TSS");

static u16 tss_selector(u32 cpu)
{
	return FIRST_TSS + cpu * TSS_DESCRIPTOR_SIZE;
}

static void describe_tss(u32 cpu)
{
	u64 base = (word)&tss[cpu], limit = sizeof(tss[cpu]) - 1;
	u64 *descriptor = &gdt[tss_selector(cpu) / 8];

	/* present, available TSS (type 9) */
	descriptor[0] = limit | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
	if (TSS_DESCRIPTOR_SIZE == 16)
		descriptor[1] = base >> 32;
}

void segments_load(u32 cpu, void *stack_top)
{
	struct descriptor_pointer pointer = {sizeof(gdt) - 1, (word)gdt};

	tss[cpu].iomap = sizeof(tss[cpu]); /* beyond the limit: there is no map */
#ifdef __x86_64__
	tss[cpu].rsp[0] = (word)stack_top;
#else
	tss[cpu].esp0 = (word)stack_top;
	tss[cpu].ss0 = KERNEL_DS;
#endif
	describe_tss(cpu);

	asm volatile("lgdt %0" : : "m"(pointer));
	asm volatile("mov %0, %%ds\n\t"
		     "mov %0, %%es\n\t"
		     "mov %0, %%ss\n\t"
		     "mov %0, %%fs\n\t"
		     "mov %0, %%gs"
		     :
		     : "r"(KERNEL_DS));
#ifdef __x86_64__
	asm volatile("pushq %0\n\t"
		     "pushq $1f\n\t"
		     "lretq\n"
		     "1:"
		     :
		     : "i"(KERNEL_CS)
		     : "memory");
#else
	asm volatile("ljmp %0, $1f\n"
		     "1:"
		     :
		     : "i"(KERNEL_CS));
#endif
	asm volatile("ltr %0" : : "r"(tss_selector(cpu)));
}

void segments_reload_task(void)
{
	u32 cpu = this_cpu();

	describe_tss(cpu); /* not busy any more */
	asm volatile("ltr %0" : : "r"(tss_selector(cpu)));
}

u32 this_cpu(void)
{
	u16 selector;
	u32 cpu;

	asm("str %0" : "=r"(selector));
	cpu = (selector - FIRST_TSS) / TSS_DESCRIPTOR_SIZE;
	return cpu < MAX_CPUS ? cpu
			      : BOOT_CPU; /* none of ours: that of task.h, where only it goes */
}

/* The TSS of the CPU that asks, with both maps in it; at first all bits are set. */
static struct tss *tss_with_maps(void)
{
	struct tss *mine = &tss[this_cpu()];

	if (mine->iomap == sizeof(*mine)) {
		memset(mine->redirection, 0xff, sizeof(mine->redirection));
		memset(mine->ports, 0xff, sizeof(mine->ports));
		mine->iomap = offsetof(struct tss, ports);
	}
	return mine;
}

void segments_allow_port(u8 port)
{
	tss_with_maps()->ports[port / 8] &= (u8) ~(1u << port % 8);
}

void segments_redirect(u8 vector)
{
	tss_with_maps()->redirection[vector / 8] &= (u8) ~(1u << vector % 8);
}

void segments_set_spare(u64 descriptor)
{
	gdt[SPARE / 8] = descriptor;
}

/* SDM Vol. 3, "Call Gates", "IA-32e Mode Call Gates": a gate of the mode's own width (type 12). */
void segments_set_call_gate(word entry)
{
	u64 offset = entry;

	gdt[SPARE / 8] =
		(offset & 0xffff) | KERNEL_CS << 16 | 0xecull << 40 | (offset >> 16 & 0xffff) << 48;
#ifdef __x86_64__
	gdt[SPARE / 8 + 1] = offset >> 32;
#endif
}

#ifdef __x86_64__
void segments_set_interrupt_stack(u32 number, const u8 *stack_top)
{
	tss[this_cpu()].ist[number - 1] = (word)stack_top;
}
#endif

static void forget_all(void)
{
	struct tss *mine = &tss[this_cpu()];

	memset(&gdt[SPARE / 8], 0, GATE_SIZE);
	mine->iomap = sizeof(*mine);
#ifdef __x86_64__
	memset(mine->ist, 0, sizeof(mine->ist));
#endif
}
LEFTOVER(tables, forget_all);

#ifdef __x86_64__
void segments_aim_syscall(const char *entry, u64 mask)
{
	write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SCE);
	write_msr(MSR_STAR, (u64)USER_CS32 << 48 | (u64)KERNEL_CS << 32);
	write_msr(MSR_LSTAR, (word)entry);
	write_msr(MSR_FMASK, mask);
}
#else
void segments_aim_sysenter(const char *entry, const u8 *stack_top)
{
	write_msr(MSR_SYSENTER_CS, KERNEL_CS);
	write_msr(MSR_SYSENTER_ESP, (word)stack_top);
	write_msr(MSR_SYSENTER_EIP, (word)entry);
}
#endif

const char *code_segment_name(u16 selector)
{
	if (selector == KERNEL_CS)
		return "kernel";
	if (selector == USER_CS)
		return "user";
	if (selector == USER_CS32)
		return "user32";
	return NULL;
}
