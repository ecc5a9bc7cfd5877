/* SPDX-License-Identifier: BSD-2-Clause */
/* The CPU's registers and instructions that C has no words for. */
#ifndef GUEST_CPU_X86_H
#define GUEST_CPU_X86_H

#include "constants.h"
#include "types.h"

/* SDM Vol. 3, "Debug Status Register (DR6)" and "Debug Control Register (DR7)": values after reset,
 * and what a debug handler puts back. */
#define DR6_INIT 0xffff0ff0ul
#define DR7_INIT 0x00000400ul

#define FLAGS_FIXED (1ul << 1)
#define FLAGS_STATUS 0x8d5ul /* CF, PF, AF, ZF, SF, OF */
#define FLAGS_CF (1ul << 0)
#define FLAGS_TF (1ul << 8)
#define FLAGS_IF (1ul << 9)
#define FLAGS_DF (1ul << 10)
#define FLAGS_IOPL (3ul << 12)
#define FLAGS_NT (1ul << 14)
#define FLAGS_RF (1ul << 16)
#define FLAGS_VM (1ul << 17)
#define FLAGS_AC (1ul << 18)
#define FLAGS_VIF (1ul << 19)
#define FLAGS_VIP (1ul << 20)
#define FLAGS_ID (1ul << 21)

#define MSR_APIC_BASE 0x0000001b
#define APIC_BASE_X2APIC (1u << 10)
#define APIC_BASE_ENABLE (1u << 11)
#define MSR_X2APIC 0x00000800
#define MSR_SYSENTER_CS 0x00000174
#define MSR_SYSENTER_ESP 0x00000175
#define MSR_SYSENTER_EIP 0x00000176
#define MSR_PAT 0x00000277
#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_CSTAR 0xc0000083
#define MSR_FMASK 0xc0000084
#define MSR_KERNEL_GS_BASE 0xc0000102
#define MSR_TSC_AUX 0xc0000103
#define MSR_VM_CR 0xc0010114
#define VM_CR_SVMDIS (1u << 4)
#define MSR_VM_HSAVE_PA 0xc0010117

enum vector {
	VECTOR_DE = 0,
	VECTOR_DB = 1,
	VECTOR_NMI = 2,
	VECTOR_BP = 3,
	VECTOR_OF = 4,
	VECTOR_UD = 6,
	VECTOR_DF = 8,
	VECTOR_TS = 10,
	VECTOR_NP = 11,
	VECTOR_SS = 12,
	VECTOR_GP = 13,
	VECTOR_PF = 14,
	VECTOR_AC = 17,
	VECTOR_CP = 21,
	VECTOR_VC = 29,
	VECTOR_SX = 30,
	VECTOR_EXCEPTIONS = 32, /* the first vector that is no exception */
};

struct descriptor_pointer {
	u16 limit;
	word base;
} __attribute__((packed));

static inline void outb(u16 port, u8 value)
{
	asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline u8 inb(u16 port)
{
	u8 value;

	asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

/* Reads of an unused port take about 1 us on hardware, longer under a hypervisor. */
static inline void delay(int count)
{
	while (count--)
		inb(0x80);
}

#define DEFINE_REGISTER(name)                                                   \
	static inline word read_##name(void)                                    \
	{                                                                       \
		word value;                                                     \
                                                                                \
		asm volatile("mov %%" #name ", %0" : "=r"(value) : : "memory"); \
		return value;                                                   \
	}                                                                       \
                                                                                \
	static inline void write_##name(word value)                             \
	{                                                                       \
		asm volatile("mov %0, %%" #name : : "r"(value) : "memory");     \
	}

DEFINE_REGISTER(cr0)
DEFINE_REGISTER(cr2)
DEFINE_REGISTER(cr3)
DEFINE_REGISTER(cr4)
DEFINE_REGISTER(dr0)
DEFINE_REGISTER(dr1)
DEFINE_REGISTER(dr2)
DEFINE_REGISTER(dr3)
DEFINE_REGISTER(dr6)
DEFINE_REGISTER(dr7)

static inline word read_flags(void)
{
	word value;

	asm volatile("pushf\n\t"
		     "pop %0"
		     : "=r"(value)
		     :
		     : "memory");
	return value;
}

static inline u64 read_msr(u32 msr)
{
	u32 low, high;

	asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
	return (u64)high << 32 | low;
}

static inline void write_msr(u32 msr, u64 value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

struct cpuid {
	u32 eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid_subleaf(u32 leaf, u32 subleaf)
{
	struct cpuid id;

	asm volatile("cpuid"
		     : "=a"(id.eax), "=b"(id.ebx), "=c"(id.ecx), "=d"(id.edx)
		     : "a"(leaf), "c"(subleaf));
	return id;
}

static inline struct cpuid cpuid(u32 leaf)
{
	return cpuid_subleaf(leaf, 0);
}

/* Physical memory at this address, of whose size the compiler must assume nothing. */
static inline void *physical(u32 address)
{
	word hidden = address;

	asm("" : "+r"(hidden));
	return (void *)hidden;
}

/* In loops that wait for another processor: where all of them take turns, as in TCG with one
 * thread, it ends this one's. */
static inline void pause(void)
{
	asm volatile("pause" : : : "memory");
}

/* IA32_EFER exists where the CPU has SYSCALL, execute-disable or long mode (SDM Vol. 4,
 * "Architectural MSRs"). */
static inline bool has_efer(void)
{
	const u32 syscall_nx_lm = 1u << 11 | 1u << 20 | 1u << 29;

	return cpuid(0x80000000).eax >= 0x80000001 && (cpuid(0x80000001).edx & syscall_nx_lm);
}

#define CR4_VME (1ul << 0)
#define CR4_PVI (1ul << 1)

/* One bit of CPUID for both bits of CR4 (SDM Vol. 2, "CPUID"). */
static inline bool has_vme(void)
{
	return cpuid(1).edx & 1u << 1;
}

/* The SEP bit (SDM Vol. 2, "SYSENTER"). */
static inline bool has_sysenter(void)
{
	return cpuid(1).edx & 1u << 11;
}

#endif
