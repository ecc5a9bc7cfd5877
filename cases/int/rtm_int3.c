/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 in a transaction aborts it: to the fallback address, with bit 4 of EAX set, and without #BP;
 * or, with DR7.RTM and IA32_DEBUGCTL.RTM, to XBEGIN, where a #DB tells of it that clears DR6.RTM.
 *
 * SDM Vol. 1, "RTM-Enabled Debugger Support"; Vol. 3, "Debug Exceptions, Breakpoint Exceptions, and
 * Restricted Transactional Memory (RTM)". */
#include "case.h"
#include "debugctl.h"
#include "msr.h"

#define CPUID_7_EBX_RTM (1u << 11)
#define CPUID_7_EDX_RTM_ALWAYS_ABORT (1u << 11)
#define STATUS_DEBUG 4

BODY(rtm_int3, R"(
	mov	$-1, %eax
mark	begin
	xbegin	1f
mark	inside
	int3
	xend
mark	committed
1:
mark	fallback
	nop
)");

static bool leave_to_fallback(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR_DB)
		return false;
	note("eax=%x", (u32)frame->ax);
	write_dr7(DR7_INIT);
	return true;
}

static void run_with(u32 in_dr7)
{
	struct registers left;

	note("advanced=%u", in_dr7 != 0);
	write_dr7(DR7_INIT | in_dr7);
	left = RUN(rtm_int3);
	note("debug=%u", (u32)left.ax >> STATUS_DEBUG & 1);
}

CASE(rtm_int3, PROTECTED_MODES)
{
	struct cpuid id = cpuid_if_present(7);

	if (!(id.ebx & CPUID_7_EBX_RTM) || (id.edx & CPUID_7_EDX_RTM_ALWAYS_ABORT) ||
	    !debugctl_set(DEBUGCTL_RTM)) {
		log_line("needs rtm=1");
		return;
	}
	traps_set_hook(leave_to_fallback);
	run_with(0);
	run_with(DR7_RTM);
}
