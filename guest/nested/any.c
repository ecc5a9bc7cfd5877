/* SPDX-License-Identifier: BSD-2-Clause */
/* Which architecture a nested guest runs on; see any.h. */
#include "nested/any.h"

#include "nested/svm.h"
#include "nested/vmx.h"

struct nested *nested_prepare(const struct body *body)
{
	if (nested_svm.present())
		return nested_prepare_on(&nested_svm, body);
	if (nested_vmx.present())
		return nested_prepare_on(&nested_vmx, body);
	log_line("needs svm_or_vmx=1");
	return NULL;
}
