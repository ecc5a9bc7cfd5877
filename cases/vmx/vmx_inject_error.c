/* SPDX-License-Identifier: BSD-2-Clause */
/* VM entry that is told to deliver an error code with an event that has none, as only a hardware
 * exception may: it is refused, on processors too that deliver any hardware exception with an error
 * code or without. Where it is not, a handler takes the event that takes an error code.
 *
 * SDM Vol. 3, "VM-Entry Control Fields" in "Checks on VMX Controls and Host-State Area"; "Basic VMX
 * Information" (bit 56). */
#include "case.h"
#include "entries.h"

#define DELIVERS_ERROR_CODE (1u << 11)

BODY(vmx_inject_error, R"(
	nop
mark	one
	nop
)");

static const struct vmx_entry entries[] = {
	{"int1,error",
	 .injection = EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB) | DELIVERS_ERROR_CODE,
	 .length = 1},
	{"int3,error",
	 .injection = EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP) | DELIVERS_ERROR_CODE,
	 .length = 1},
	{"int_n,error", .injection = EVENT(EVENT_SOFTWARE_INTERRUPT, 33) | DELIVERS_ERROR_CODE,
	 .length = 1},
	{"nmi,error", .injection = EVENT(EVENT_NMI, VECTOR_NMI) | DELIVERS_ERROR_CODE},
};

CASE(vmx_inject_error, KERNEL32 | KERNEL64)
{
	static const u32 vectors[] = {VECTOR_DB, VECTOR_NMI, VECTOR_BP, 33};

	for (u32 i = 0; i < ARRAY_SIZE(vectors); i++)
		idt_send_to(vectors[i], VECTOR_GP);
	VMX_RUN_ENTRIES(vmx_inject_error, 0, entries);
}
