/* SPDX-License-Identifier: BSD-2-Clause */
/* See bare.h. */
#include "bare.h"

#include "body.h"
#include "cpu/x86.h"
#include "log.h"
#include "nested/svm.h"

#define OWN_STACK 256 /* what the hypervisor has of it */

void bare_aim(word ip)
{
	svm_vmcb.rip = ip;
	svm_vmcb.rsp = body_stack_top(KERNEL_MODE) - OWN_STACK;
	svm_vmcb.rflags = FLAGS_FIXED;
	svm_vmcb.dr6 = DR6_INIT;
	svm_vmcb.dr7 = DR7_INIT;
}

void bare_note(word ip)
{
	note("left_at_call=%u", (u32)(svm_vmcb.rip == ip));
	note("guest_flags=%f", (word)svm_vmcb.rflags);
}
