/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests (nested.h) on AMD's SVM. */
#ifndef GUEST_NESTED_SVM_H
#define GUEST_NESTED_SVM_H

#include "nested/nested.h"
#include "types.h"

/* Bits of VMCB's intercept_dr (APM Vol. 2, "VMCB Layout"). */
#define INTERCEPT_READ_DR(number) (1u << (number))
#define INTERCEPT_WRITE_DR(number) (1u << (16 + (number)))
#define INTERCEPT_ALL_DR 0xffffffffu

/* Bits of VMCB's intercept_misc1 and intercept_misc2 (APM Vol. 2, "VMCB Layout"). */
#define INTERCEPT_INT_N (1u << 21)
#define INTERCEPT_SHUTDOWN (1u << 31)
#define INTERCEPT_VMRUN (1u << 0)
#define INTERCEPT_VMMCALL (1u << 1)
#define INTERCEPT_ICEBP (1u << 8)

/* In VMCB's interrupt_shadow. */
#define INTERRUPT_SHADOW 1u

struct vmcb_segment {
	u16 selector, attributes;
	u32 limit;
	u64 base;
};

/* The control area, then the state save area (APM Vol. 2, "VMCB Layout"). */
struct vmcb {
	u32 intercept_cr, intercept_dr, intercept_exceptions; /* the last: a bit for each vector */
	u32 intercept_misc1, intercept_misc2;
	u8 reserved0[0x40 - 0x14];
	u64 iopm_base, msrpm_base, tsc_offset;
	u32 asid, tlb_control;
	u64 virtual_interrupt, interrupt_shadow;
	u64 exit_code, exit_info1, exit_info2, exit_interrupt;
	u64 nested_paging;
	u8 reserved1[0xa8 - 0x98];
	u64 event_injection;
	u8 reserved2[0xc8 - 0xb0];
	u64 next_rip; /* where CPUID has NRIPS */
	u8 reserved3[0x400 - 0xd0];

	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved4[0x4cb - 0x4a0];
	u8 cpl;
	u32 reserved5;
	u64 efer;
	u8 reserved6[0x548 - 0x4d8];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 reserved7[0x5d8 - 0x580];
	u64 rsp;
	u8 reserved8[0x5f8 - 0x5e0];
	u64 rax;
	u8 reserved9[0x1000 - 0x600];
};

extern const struct nested_cpu nested_svm;

/* The VMCB of the nested guest that is prepared, for a case to change. What struct nested has too
 * is taken from there. */
extern struct vmcb svm_vmcb;

#define SVM_PREPARE(body_name) nested_prepare_on(&nested_svm, &body_##body_name)

#endif
