/* SPDX-License-Identifier: BSD-2-Clause */
/* A nested guest on AMD's SVM: a body that runs below the kernel as its hypervisor. It shares the
 * kernel's paging, segments and IDT, so that its traps, where they are not intercepted, are taken
 * and logged like any other. */
#ifndef GUEST_SVM_H
#define GUEST_SVM_H

#include "body.h"
#include "fence.h"
#include "types.h"

/* Bits of VMCB's intercept_misc1 and intercept_misc2 (APM Vol. 2, "VMCB Layout"). */
#define INTERCEPT_INT_N (1u << 21)
#define INTERCEPT_SHUTDOWN (1u << 31)
#define INTERCEPT_VMRUN (1u << 0)
#define INTERCEPT_VMMCALL (1u << 1)
#define INTERCEPT_ICEBP (1u << 8)

/* In VMCB's interrupt_shadow. */
#define INTERRUPT_SHADOW 1u

/* In VMCB's event_injection and exit_interrupt (APM Vol. 2, "Event Injection"). */
enum event_type { EVENT_EXCEPTION = 3, EVENT_SOFTWARE_INTERRUPT = 4 };
#define EVENT(type, vector) (1u << 31 | (u32)(type) << 8 | (u32)(vector))
#define EVENT_VALID (1u << 31)

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
	u8 reserved2[0x400 - 0xb0];

	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved3[0x4cb - 0x4a0];
	u8 cpl;
	u32 reserved4;
	u64 efer;
	u8 reserved5[0x548 - 0x4d8];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 reserved6[0x5d8 - 0x580];
	u64 rsp;
	u8 reserved7[0x5f8 - 0x5e0];
	u64 rax;
	u8 reserved8[0x1000 - 0x600];
};

/* The nested guest that runs the body: general registers 0, RFLAGS 2, DR6 and DR7 as after reset,
 * an empty stack, ring 0, nothing intercepted but what ends it. The case changes it as it likes.
 * NULL where the CPU has no SVM; the log then has "needs svm=1". */
struct vmcb *svm_prepare(const struct body *body);

/* Runs it to the body's end, and returns the registers that it left (SP and flags too). Each
 * #VMEXIT on the way is logged. The nested guest goes on as after a trap of that kind: #DB where it
 * says, with RF set at an instruction breakpoint, with DR6 put back; all else at the next mark, out
 * of the interrupt shadow. */
struct registers svm_run(void);

#define SVM_PREPARE(body_name) svm_prepare(&body_##body_name)

/* Called by the fence: ends the nested guest that an abandoned case is in, if it is in one, and
 * goes on in its hypervisor. */
void svm_leave_nested(void);

/* Called by the fence: puts back what svm_prepare() changed, but for EFER. */
void svm_forget(void);

#endif
