/* SPDX-License-Identifier: BSD-2-Clause */
/* The controls "load debug controls" and "save debug controls", each set and clear: whether VM
 * entry loads DR7 from the VMCS, and whether VM exit saves it there. DR7 is the nested guest's
 * while it runs, and its hypervisor's has nothing enabled after it.
 *
 * SDM Vol. 3, "Loading Guest Control Registers, Debug Registers, and MSRs", "Saving Control
 * Registers, Debug Registers, and MSRs". */
#include "case.h"
#include "nested/vmx.h"

/* Each enables another breakpoint, on the execution of address 0, where nothing is. */
#define OF_VMCS (DR7_INIT | DR7_L(1))
#define OF_HYPERVISOR (DR7_INIT | DR7_L(2))

BODY(vmx_debug_controls, R"(
	mov	%dr7, xBX
	mov	$0x440, xAX	# L3: its own
	mov	xAX, %dr7
)");

static bool run_with(bool load, bool save)
{
	struct nested *nested = VMX_PREPARE(vmx_debug_controls);
	struct registers left;

	if (!nested)
		return false;
	if (!vmx_choose_debug_controls(load, save)) {
		log_line("needs vmx_true_controls=1");
		return false;
	}
	note("load=%u save=%u", load, save);
	nested->dr7 = OF_VMCS;
	write_dr7(OF_HYPERVISOR);
	left = nested_run();
	note("own=%x", read_dr7());
	note("loaded=%x", left.bx);
	note("saved=%x", nested->dr7);
	return true;
}

CASE(vmx_debug_controls, KERNEL32 | KERNEL64)
{
	if (run_with(false, false) && run_with(false, true) && run_with(true, false))
		run_with(true, true);
}
