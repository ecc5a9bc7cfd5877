/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of the VMCS (SDM Vol. 3, "Field Encoding in VMCS"), first those that cases change. Of
 * the segments there are six of each kind, two apart, in the order ES, CS, SS, DS, FS, GS. */
#ifndef GUEST_NESTED_VMCS_H
#define GUEST_NESTED_VMCS_H

#include "body.h"
#include "cpu/x86.h"
#include "types.h"

#ifdef __x86_64__
#define LONG_MODE 1
#else
#define LONG_MODE 0
#endif

/* Fields of the VMCS that cases change (SDM Vol. 3, "Field Encoding in VMCS"), and their bits. */
enum vmcs_field {
	VMCS_PRIMARY_CONTROLS = 0x4002,
	VMCS_ENTRY_INSTRUCTION_LENGTH = 0x401a, /* of the event that is injected */
	VMCS_INTERRUPTIBILITY = 0x4824,
	VMCS_DEBUGCTL = 0x2802,
	VMCS_PENDING_DEBUG = 0x6822,
};

enum {
	GUEST_ES = 0x0800,
	GUEST_LDTR = 0x080c,
	GUEST_TR = 0x080e,
	GUEST_ES_LIMIT = 0x4800,
	GUEST_LDTR_LIMIT = 0x480c,
	GUEST_TR_LIMIT = 0x480e,
	GUEST_GDTR_LIMIT = 0x4810,
	GUEST_IDTR_LIMIT = 0x4812,
	GUEST_ES_RIGHTS = 0x4814,
	GUEST_LDTR_RIGHTS = 0x4820,
	GUEST_TR_RIGHTS = 0x4822,
	GUEST_ACTIVITY = 0x4826,
	GUEST_SYSENTER_CS = 0x482a,
	GUEST_TIMER = 0x482e,
	GUEST_LINK = 0x2800,
	GUEST_CR0 = 0x6800,
	GUEST_CR3 = 0x6802,
	GUEST_CR4 = 0x6804,
	GUEST_ES_BASE = 0x6806,
	GUEST_LDTR_BASE = 0x6812,
	GUEST_TR_BASE = 0x6814,
	GUEST_GDTR_BASE = 0x6816,
	GUEST_IDTR_BASE = 0x6818,
	GUEST_DR7 = 0x681a,
	GUEST_SP = 0x681c,
	GUEST_IP = 0x681e,
	GUEST_FLAGS = 0x6820,
	GUEST_SYSENTER_ESP = 0x6824,
	GUEST_SYSENTER_EIP = 0x6826,

	HOST_ES = 0x0c00,
	HOST_TR = 0x0c0c,
	HOST_SYSENTER_CS = 0x4c00,
	HOST_CR0 = 0x6c00,
	HOST_CR3 = 0x6c02,
	HOST_CR4 = 0x6c04,
	HOST_FS_BASE = 0x6c06,
	HOST_GS_BASE = 0x6c08,
	HOST_TR_BASE = 0x6c0a,
	HOST_GDTR_BASE = 0x6c0c,
	HOST_IDTR_BASE = 0x6c0e,
	HOST_SYSENTER_ESP = 0x6c10,
	HOST_SYSENTER_EIP = 0x6c12,
	HOST_SP = 0x6c14,
	HOST_IP = 0x6c16,

	MSR_BITMAP = 0x2004,
	PIN_CONTROLS = 0x4000,
	EXCEPTIONS = 0x4004,
	PAGE_FAULT_MASK = 0x4006,
	PAGE_FAULT_MATCH = 0x4008,
	CR3_TARGETS = 0x400a,
	EXIT_CONTROLS = 0x400c,
	EXIT_STORES = 0x400e,
	EXIT_LOADS = 0x4010,
	ENTRY_CONTROLS = 0x4012,
	ENTRY_LOADS = 0x4014,
	ENTRY_EVENT = 0x4016,
	CR0_MASK = 0x6000,
	CR4_MASK = 0x6002,

	INSTRUCTION_ERROR = 0x4400,
	EXIT_REASON = 0x4402,
	EXIT_EVENT = 0x4404,
	EXIT_EVENT_ERROR = 0x4406,
	EXIT_WITHIN = 0x4408,
	EXIT_INSTRUCTION_LENGTH = 0x440c,
	EXIT_QUALIFICATION = 0x6400,
};

#define CS_INDEX 1

/* Writes and reads any field; 64 bits of it, where it has them, in code of both widths. */
void vmcs_put(u32 field, word value);
void vmcs_put64(u32 field, u64 value);
word vmcs_get(u32 field);

/* A field of the VMCS of the nested guest that is prepared. What struct nested has too is taken
 * from there. */
void vmx_write(enum vmcs_field field, word value);
word vmx_read(enum vmcs_field field);

/* Whether the CPU has these bits of VMCS_PRIMARY_CONTROLS. */
bool vmx_allows(u32 controls);

/* Whether the nested guest that is prepared has a VMX-preemption timer, which expires as soon as it
 * is entered. False where it is to have one, and the CPU has none. */
bool vmx_set_timer(bool expires);

/* Whether VM entry is to load DR7 and IA32_DEBUGCTL from the VMCS of the nested guest that is
 * prepared, and VM exit to save them there. False where the CPU always does both. */
bool vmx_choose_debug_controls(bool load, bool save);

/* The tables that the nested guest has in common with its hypervisor. */
struct tables {
	struct descriptor_pointer gdt, idt;
	u16 tr;
};

/* Fills the current VMCS for a nested guest that is entered so, with nothing intercepted; a VM exit
 * leads to EXIT. */
void vmcs_fill(const struct entry *entry, const struct tables *tables, const char *exit);

#endif
