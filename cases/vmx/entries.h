/* SPDX-License-Identifier: BSD-2-Clause */
/* One body, entered as a nested guest on VMX in several ways, one after the other. */
#ifndef VMX_ENTRIES_H
#define VMX_ENTRIES_H

#include "nested/vmx.h"

/* What a VM entry has beside what VMX_PREPARE() gives it. */
struct vmx_entry {
	const char *name;		  /* the log's: "note entry=" */
	word flags;			  /* these bits of RFLAGS */
	word blocking, pending, debugctl; /* VMCS_INTERRUPTIBILITY, _PENDING_DEBUG, _DEBUGCTL */
	u32 injection, length;		  /* EVENT(), and VMCS_ENTRY_INSTRUCTION_LENGTH */
	bool timer;			  /* the VMX-preemption timer expires at once */
};

/* EXCEPTIONS, a bit for each vector, are intercepted. */
void vmx_run_entries(const struct body *body, u32 exceptions, const struct vmx_entry *entries,
		     size_t count);

#define VMX_RUN_ENTRIES(body_name, exceptions, entries) \
	vmx_run_entries(&body_##body_name, exceptions, entries, ARRAY_SIZE(entries))

#endif
