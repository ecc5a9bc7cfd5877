/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests on whichever of SVM and VMX the CPU has. */
#ifndef GUEST_NESTED_ANY_H
#define GUEST_NESTED_ANY_H

#include "nested/nested.h"

/* As nested_prepare_on(). NULL where the CPU has neither; the log then has "needs svm_or_vmx=1". */
struct nested *nested_prepare(const struct body *body);
#define NESTED_PREPARE(body_name) nested_prepare(&body_##body_name)

#endif
