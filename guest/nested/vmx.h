/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests (nested.h) on Intel's VMX. */
#ifndef GUEST_NESTED_VMX_H
#define GUEST_NESTED_VMX_H

#include "nested/nested.h"
#include "types.h"

/* Fields of the VMCS that cases change (SDM Vol. 3, "Field Encoding in VMCS"), and their bits. */
enum vmcs_field {
	VMCS_PRIMARY_CONTROLS = 0x4002,
	VMCS_ENTRY_INSTRUCTION_LENGTH = 0x401a, /* of the event that is injected */
	VMCS_INTERRUPTIBILITY = 0x4824,
	VMCS_DEBUGCTL = 0x2802,
	VMCS_PENDING_DEBUG = 0x6822,
};

/* In VMCS_PRIMARY_CONTROLS. */
#define MOV_DR_EXITING (1u << 23)
#define MONITOR_TRAP_FLAG (1u << 27)

/* In VMCS_INTERRUPTIBILITY (SDM Vol. 3, "Guest Non-Register State"). */
#define BLOCKING_BY_STI (1u << 0)
#define BLOCKING_BY_MOV_SS (1u << 1)

/* In VMCS_PENDING_DEBUG, beside B0 to B3 (the same section). */
#define PENDING_ENABLED (1u << 12) /* a breakpoint of these was enabled */
#define PENDING_BS (1u << 14)

/* In VMCS_DEBUGCTL. */
#define DEBUGCTL_BTF (1u << 1)

extern const struct nested_cpu nested_vmx;

/* A field of the VMCS of the nested guest that is prepared. What struct nested has too is taken
 * from there. */
void vmx_write(enum vmcs_field field, word value);
word vmx_read(enum vmcs_field field);

/* Whether the CPU has these bits of VMCS_PRIMARY_CONTROLS. */
bool vmx_allows(u32 controls);

#define VMX_PREPARE(body_name) nested_prepare_on(&nested_vmx, &body_##body_name)

#endif
