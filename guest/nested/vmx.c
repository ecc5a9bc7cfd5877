/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests on VMX; see vmx.h. */
#include "nested/vmx.h"

#include "cpu/breakpoint.h"
#include "cpu/segments.h"
#include "cpu/vectors.h"
#include "cpu/x86.h"
#include "nested/vmcs.h"
#include "traps.h"

/* SDM Vol. 3, "VMX Basic Exit Reasons" */
#define ENTRY_FAILED (1u << 31)
#define REASON_EXCEPTION 0
#define REASON_SHUTDOWN 2
#define REASON_CPUID 10
#define REASON_VMCALL 18
#define REASON_MOV_DR 29
#define REASON_MONITOR_TRAP_FLAG 37
#define REASON_TIMER 52
#define REASON_INVALID (ENTRY_FAILED | 33)

/* SDM Vol. 3, "VMX Capability Reporting Facility" */
#define MSR_FEATURE_CONTROL 0x3a
#define FEATURE_LOCKED (1u << 0)
#define FEATURE_VMX (1u << 2)
#define MSR_VMX_BASIC 0x480
#define MSR_VMX_CR0_FIXED0 0x486
#define MSR_VMX_CR4_FIXED0 0x488

/* Runs the nested guest to its next VM exit, and returns whether there was one: vmlaunch.asm. */
u32 vmx_launch(struct nested_registers *registers, u32 launched);
extern const char vmx_exited[], vmx_exit[];

/* What the CPU keeps in memory begins with a revision. */
struct region {
	u32 revision;
	u8 data[4096 - 4];
} __attribute__((aligned(4096)));

static struct region vmxon, vmcs;
static struct tables tables;
static bool launched, refused; /* the latter: by VMLAUNCH or VMRESUME itself */

/* Where firmware has not locked the MSR, VMX is off and can be turned on. */
static bool present(void)
{
	u64 control;

	if (!(cpuid(1).ecx & 1u << 5))
		return false;
	control = read_msr(MSR_FEATURE_CONTROL);
	return !(control & FEATURE_LOCKED) || (control & FEATURE_VMX);
}

/* The MSR stays locked until the next reset. */
static void vmx_on(void)
{
	u64 vmxon_address = (word)&vmxon, vmcs_address = (word)&vmcs;

	if (!(read_msr(MSR_FEATURE_CONTROL) & FEATURE_LOCKED))
		write_msr(MSR_FEATURE_CONTROL,
			  read_msr(MSR_FEATURE_CONTROL) | FEATURE_LOCKED | FEATURE_VMX);
	write_cr0(read_cr0() | (word)read_msr(MSR_VMX_CR0_FIXED0));
	write_cr4(read_cr4() | (word)read_msr(MSR_VMX_CR4_FIXED0));
	vmxon.revision = vmcs.revision = (u32)read_msr(MSR_VMX_BASIC) & ~(1u << 31);
	asm volatile("vmxon %0" : : "m"(vmxon_address) : "cc", "memory");
	asm volatile("vmclear %0" : : "m"(vmcs_address) : "cc", "memory");
	asm volatile("vmptrld %0" : : "m"(vmcs_address) : "cc", "memory");
}

static void prepare(const struct entry *entry)
{
	asm volatile("sgdt %0" : "=m"(tables.gdt));
	asm volatile("sidt %0" : "=m"(tables.idt));
	asm volatile("str %0" : "=r"(tables.tr));
	launched = false;
	vmx_on();
	vmcs_fill(entry, &tables, vmx_exited);
}

static void tell_exception(struct nested_exit *exit)
{
	u32 event = (u32)vmcs_get(EXIT_EVENT);

	exit->vector = event_vector(event);
	exit->name = vector_name(exit->vector);
	exit->error = vmcs_get(EXIT_EVENT_ERROR);
	/* General detect is the one #DB that comes again when the instruction does. */
	if (exit->vector == VECTOR_DB && event_type(event) == EVENT_EXCEPTION &&
	    !(vmcs_get(EXIT_QUALIFICATION) & DR6_BD)) {
		exit->kind = EXIT_TRAPS;
		exit->debug = vmcs_get(EXIT_QUALIFICATION);
	}
}

static struct nested_exit tell_exit(void)
{
	struct nested_exit exit = {.kind = EXIT_STOPS,
				   .cs = (u16)vmcs_get(GUEST_ES + 2 * CS_INDEX),
				   .ss = (u16)vmcs_get(GUEST_ES + 2 * 2)};

	if (refused) {
		exit.name = "REFUSED";
		exit.kind = EXIT_FAILS;
		return exit;
	}
	exit.code = (u32)vmcs_get(EXIT_REASON);
	switch (exit.code) {
	case REASON_EXCEPTION:
		tell_exception(&exit);
		break;
	case REASON_VMCALL:
		exit.kind = EXIT_CALLS;
		break;
	case REASON_SHUTDOWN:
		exit.name = "SHUTDOWN";
		break;
	case REASON_CPUID:
		exit.name = "CPUID";
		break;
	case REASON_MOV_DR:
		exit.name = "MOV_DR";
		break;
	case REASON_MONITOR_TRAP_FLAG:
		exit.name = "MTF";
		exit.kind = EXIT_PAUSES;
		break;
	case REASON_TIMER: /* it would expire again */
		exit.name = "TIMER";
		exit.kind = EXIT_PAUSES;
		vmx_set_timer(false);
		break;
	case REASON_INVALID:
		exit.name = "INVALID";
	}
	if (exit.code & ENTRY_FAILED)
		exit.kind = EXIT_FAILS;
	return exit;
}

/* DR6 is in no VMCS: the nested guest has the CPU's. VM exit makes the limits of GDTR, IDTR and TR
 * other than they were (SDM Vol. 3, "Loading Host Segment and Descriptor-Table Registers"). */
static struct nested_exit enter(struct nested *nested)
{
	vmcs_put(EXCEPTIONS, nested->exceptions);
	vmcs_put(ENTRY_EVENT, nested->injection);
	vmcs_put(GUEST_IP, nested->ip);
	vmcs_put(GUEST_SP, nested->sp);
	vmcs_put(GUEST_FLAGS, nested->flags);
	vmcs_put(GUEST_DR7, nested->dr7);
	write_dr6(nested->dr6);
	refused = !vmx_launch(&nested->registers, launched);
	nested->dr6 = read_dr6();
	asm volatile("lgdt %0" : : "m"(tables.gdt));
	asm volatile("lidt %0" : : "m"(tables.idt));
	segments_reload_task();
	nested->ip = vmcs_get(GUEST_IP);
	nested->sp = vmcs_get(GUEST_SP);
	nested->flags = vmcs_get(GUEST_FLAGS);
	nested->dr7 = vmcs_get(GUEST_DR7);
	if (!refused && !(vmcs_get(EXIT_REASON) & ENTRY_FAILED))
		launched = true;
	return tell_exit();
}

/* Types and lengths where software raised the event, the qualification where the exit has one. */
static void describe(struct line *line)
{
	u32 reason = (u32)vmcs_get(EXIT_REASON), event = (u32)vmcs_get(EXIT_EVENT),
	    within = (u32)vmcs_get(EXIT_WITHIN), blocking = (u32)vmcs_get(VMCS_INTERRUPTIBILITY);
	word pending = vmcs_get(VMCS_PENDING_DEBUG);

	if (refused) {
		line_add(line, " number=%u", (u32)vmcs_get(INSTRUCTION_ERROR));
		return;
	}
	if (reason & ENTRY_FAILED)
		return;
	if (reason == REASON_EXCEPTION && event_type(event) > EVENT_EXCEPTION)
		line_add(line, " type=%u length=%u", event_type(event),
			 (u32)vmcs_get(EXIT_INSTRUCTION_LENGTH));
	if (reason == REASON_MOV_DR ||
	    (reason == REASON_EXCEPTION && event_vector(event) == VECTOR_DB))
		line_add(line, " qualification=%x", vmcs_get(EXIT_QUALIFICATION));
	if (pending)
		line_add(line, " pending=%x", pending);
	if (within & EVENT_VALID)
		line_add(line, " within=%x", (word)within);
	if (blocking & BLOCKING_BY_STI)
		line_add(line, " shadow=STI");
	if (blocking & BLOCKING_BY_MOV_SS)
		line_add(line, " shadow=MOV_SS");
	if (blocking & BLOCKING_BY_NMI)
		line_add(line, " blocked=NMI");
}

void vmx_aim(word entered, word exited, word sp)
{
	vmcs_put(GUEST_IP, entered);
	vmcs_put(GUEST_SP, sp);
	vmcs_put(GUEST_FLAGS, FLAGS_FIXED);
	vmcs_put(GUEST_DR7, DR7_INIT);
	vmcs_put(ENTRY_EVENT, 0);
	vmcs_put(EXCEPTIONS, 0);
	vmcs_put(HOST_IP, exited);
	vmcs_put(HOST_SP, sp);
}

static void unblock(void)
{
	vmcs_put(VMCS_INTERRUPTIBILITY,
		 vmcs_get(VMCS_INTERRUPTIBILITY) & ~(word)(BLOCKING_BY_STI | BLOCKING_BY_MOV_SS));
	vmcs_put(VMCS_PENDING_DEBUG, 0);
}

static void call(void)
{
	asm volatile("vmcall" : : : "memory");
}

static void forget(void)
{
	u64 vmcs_address = (word)&vmcs;

	asm volatile("vmclear %0" : : "m"(vmcs_address) : "cc", "memory");
	asm volatile("vmxoff" : : : "cc", "memory");
}

const struct nested_cpu nested_vmx = {
	.needs = "vmx=1",
	.exit = vmx_exit,
	.present = present,
	.prepare = prepare,
	.enter = enter,
	.describe = describe,
	.unblock = unblock,
	.call = call,
	.forget = forget,
};
