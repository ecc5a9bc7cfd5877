/* SPDX-License-Identifier: BSD-2-Clause */
/* VM entries one after the other; see entries.h. */
#include "entries.h"

void vmx_run_entries(const struct body *body, u32 exceptions, const struct vmx_entry *entries,
		     size_t count)
{
	for (const struct vmx_entry *entry = entries; entry < entries + count; entry++) {
		struct nested *nested = nested_prepare_on(&nested_vmx, body);

		if (!nested)
			return;
		if (entry->timer && !vmx_set_timer(true)) {
			log_line("needs vmx_timer=1");
			return;
		}
		note("entry=%s", entry->name);
		nested->exceptions = exceptions;
		nested->flags |= entry->flags;
		nested->injection = entry->injection;
		vmx_write(VMCS_ENTRY_INSTRUCTION_LENGTH, entry->length);
		vmx_write(VMCS_INTERRUPTIBILITY, entry->blocking);
		vmx_write(VMCS_PENDING_DEBUG, entry->pending);
		vmx_write(VMCS_DEBUGCTL, entry->debugctl);
		nested_run();
	}
}
