/* SPDX-License-Identifier: BSD-2-Clause */
/* VMCALL and VMMCALL with TF set. Without a hypervisor they are #UD: VMCALL outside of VMX
 * operation, VMMCALL with EFER.SVME clear, each on the other vendor's CPUs too. A hypervisor may
 * make calls of them, which the guest sees as instructions that complete. Either way there is one
 * event: #UD at the instruction, after which this handler goes on, or the #DB right after it. The
 * two instructions that follow are stepped in any case. Whatever else comes is logged as it is.
 * KVM writes the vendor's own instruction over the other one: it is put back for the next mode.
 *
 * SDM Vol. 3, "VMCALL", "Single-Step Exception Condition"; APM Vol. 3,
 * "VMMCALL". */
#include "case.h"
#include "string.h"

static word call, behind, next, end;
static u32 events, steps;

/* A hypervisor takes the number of the call from EAX: this is none. */
#define STEPPED_CALL(name)                    \
	BODY(name, "	mov	$0x7fffffff, %eax\n" \
		   "	step\n"                  \
		   "mark call\n"              \
		   "	" #name "\n"          \
		   "mark behind\n"            \
		   "	nop\n"                   \
		   "mark next\n"              \
		   "	nop\n")

STEPPED_CALL(vmcall);
STEPPED_CALL(vmmcall);

static bool count(struct trap_frame *frame)
{
	bool stepped = frame_vector(frame) == VECTOR_DB && (read_dr6() & DR6_BS);
	bool refused = frame_vector(frame) == VECTOR_UD && frame->ip == call;

	if (refused || (stepped && frame->ip == behind))
		events++;
	else if (stepped && (frame->ip == next || frame->ip == end))
		steps++;
	else
		return false;
	write_dr6(DR6_INIT);
	if (refused)
		frame->ip = behind;
	if (frame->ip == end)
		frame->flags &= ~FLAGS_TF;
	return true;
}

static void ask(const char *name, const struct body *body)
{
	u8 own[3];

	call = body_mark(body, fence_mode(), "call");
	behind = body_mark(body, fence_mode(), "behind");
	next = body_mark(body, fence_mode(), "next");
	end = body_mark(body, fence_mode(), "end");
	events = steps = 0;
	memcpy(own, (void *)call, sizeof(own));
	body_run(body, fence_mode());
	memcpy((void *)call, own, sizeof(own));
	note("instruction=%s", name);
	note("events=%u", events);
	note("steps=%u", steps);
}

CASE(tf_hypercall, PROTECTED_MODES)
{
	traps_set_counter(count);
	ask("vmcall", &body_vmcall);
	ask("vmmcall", &body_vmmcall);
}
