/* SPDX-License-Identifier: BSD-2-Clause */
/* Events that VMRUN does not inject: it ends in VMEXIT_INVALID (SVM). Without one, it does not.
 *
 * APM Vol. 2, "Event Injection". */
#include "case.h"
#include "nested/svm.h"

BODY(nested_inject_refused, R"(
	nop
mark	one
	nop
)");

static const struct {
	const char *name;
	u32 injection;
} entries[] = {
	{"none", 0},
	{"type_1", EVENT(1, VECTOR_DB)},
	{"type_5", EVENT(EVENT_PRIVILEGED_EXCEPTION, VECTOR_DB)},
	{"type_6", EVENT(EVENT_SOFTWARE_EXCEPTION, VECTOR_BP)},
	{"type_7", EVENT(EVENT_OTHER, VECTOR_DB)},
	{"exception_2", EVENT(EVENT_EXCEPTION, VECTOR_NMI)},
	{"exception_32", EVENT(EVENT_EXCEPTION, 32)},
};

CASE(nested_inject_refused, KERNEL32 | KERNEL64)
{
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct nested *nested = SVM_PREPARE(nested_inject_refused);

		if (!nested)
			return;
		note("entry=%s", entries[i].name);
		nested->injection = entries[i].injection;
		nested_run();
	}
}
