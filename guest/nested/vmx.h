/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests (nested.h) on Intel's VMX. */
#ifndef GUEST_NESTED_VMX_H
#define GUEST_NESTED_VMX_H

#include "nested/nested.h"
#include "nested/vmcs.h"
#include "types.h"

/* In VMCS_PRIMARY_CONTROLS. */
#define MOV_DR_EXITING (1u << 23)
#define MONITOR_TRAP_FLAG (1u << 27)

/* In VMCS_INTERRUPTIBILITY (SDM Vol. 3, "Guest Non-Register State"). */
#define BLOCKING_BY_STI (1u << 0)
#define BLOCKING_BY_MOV_SS (1u << 1)
#define BLOCKING_BY_NMI (1u << 3)

/* In VMCS_PENDING_DEBUG, beside B0 to B3 (the same section). */
#define PENDING_ENABLED (1u << 12) /* a breakpoint of these was enabled */
#define PENDING_BS (1u << 14)

/* In VMCS_DEBUGCTL. */
#define DEBUGCTL_BTF (1u << 1)

/* For a body that executes VMLAUNCH itself: the nested guest begins at ENTERED, a VM exit leads to
 * EXITED, both with that stack pointer. VMX_PREPARE() comes before it. */
void vmx_aim(word entered, word exited, word sp);

extern const struct nested_cpu nested_vmx;

#define VMX_PREPARE(body_name) nested_prepare_on(&nested_vmx, &body_##body_name)

#endif
