/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests on VMX; see vmx.h. */
#include "nested/vmx.h"

#include "cpu/breakpoint.h"
#include "cpu/segments.h"
#include "cpu/vectors.h"
#include "cpu/x86.h"
#include "nested/vmcs.h"
#include "traps.h"

#ifdef __x86_64__
#define LONG_MODE 1
#else
#define LONG_MODE 0
#endif

#define SEGMENTS 6
#define CS_INDEX 1

/* "Primary Processor-Based VM-Execution Controls", "VM-Exit Controls", "VM-Entry Controls" */
#define USE_MSR_BITMAP (1u << 28)
#define SAVE_DEBUG_CONTROLS (1u << 2)
#define HOST_64 (1u << 9)
#define LOAD_DEBUG_CONTROLS (1u << 2)
#define GUEST_64 (1u << 9)

/* "Guest Register State": access rights beside a descriptor's */
#define UNUSABLE (1u << 16)
#define BUSY_TSS 0x8b

/* SDM Vol. 3, "VMX Basic Exit Reasons" */
#define ENTRY_FAILED (1u << 31)
#define REASON_EXCEPTION 0
#define REASON_SHUTDOWN 2
#define REASON_CPUID 10
#define REASON_VMCALL 18
#define REASON_MOV_DR 29
#define REASON_MONITOR_TRAP_FLAG 37
#define REASON_INVALID (ENTRY_FAILED | 33)

/* SDM Vol. 3, "VMX Capability Reporting Facility" */
#define MSR_FEATURE_CONTROL 0x3a
#define FEATURE_LOCKED (1u << 0)
#define FEATURE_VMX (1u << 2)
#define MSR_VMX_BASIC 0x480
#define MSR_VMX_PIN_CONTROLS 0x481
#define MSR_VMX_PRIMARY_CONTROLS 0x482
#define MSR_VMX_EXIT_CONTROLS 0x483
#define MSR_VMX_ENTRY_CONTROLS 0x484
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
static u8 msr_bitmap[4096] __attribute__((aligned(4096))); /* none is intercepted */
static struct descriptor_pointer gdt, idt;
static bool launched, refused; /* the latter: by VMLAUNCH or VMRESUME itself */

void vmx_write(enum vmcs_field field, word value)
{
	asm volatile("vmwrite %1, %0" : : "r"((word)field), "rm"(value) : "cc", "memory");
}

word vmx_read(enum vmcs_field field)
{
	word value;

	asm volatile("vmread %1, %0" : "=r"(value) : "r"((word)field) : "cc", "memory");
	return value;
}

static void put(u32 field, word value)
{
	vmx_write((enum vmcs_field)field, value);
}

static word get(u32 field)
{
	return vmx_read((enum vmcs_field)field);
}

/* A field of 64 bits; in 32-bit code its upper half has an encoding of its own. */
static void put64(u32 field, u64 value)
{
	put(field, (word)value);
	if (!LONG_MODE)
		put(field + 1, (word)(value >> 32));
}

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

/* The controls that are wanted, and those that have to be set (SDM Vol. 3, "VMX Capability
 * Reporting Facility"). */
static u32 controls(u32 msr, u32 wanted)
{
	return wanted | (u32)read_msr(msr);
}

bool vmx_allows(u32 controls)
{
	return !(controls & ~(u32)(read_msr(MSR_VMX_PRIMARY_CONTROLS) >> 32));
}

static void put_controls(void)
{
	put(PIN_CONTROLS, controls(MSR_VMX_PIN_CONTROLS, 0));
	put(VMCS_PRIMARY_CONTROLS, controls(MSR_VMX_PRIMARY_CONTROLS, USE_MSR_BITMAP));
	put64(MSR_BITMAP, (word)msr_bitmap);
	put(PAGE_FAULT_MASK, 0);
	put(PAGE_FAULT_MATCH, 0);
	put(CR3_TARGETS, 0);
	put(CR0_MASK, 0);
	put(CR4_MASK, 0);
	put(EXIT_CONTROLS,
	    controls(MSR_VMX_EXIT_CONTROLS, SAVE_DEBUG_CONTROLS | (LONG_MODE ? HOST_64 : 0)));
	put(EXIT_STORES, 0);
	put(EXIT_LOADS, 0);
	put(ENTRY_CONTROLS,
	    controls(MSR_VMX_ENTRY_CONTROLS, LOAD_DEBUG_CONTROLS | (LONG_MODE ? GUEST_64 : 0)));
	put(ENTRY_LOADS, 0);
	put(VMCS_ENTRY_INSTRUCTION_LENGTH, 0);
}

static const u64 *descriptor(u16 selector)
{
	return &((const u64 *)gdt.base)[selector / 8];
}

static word tss_base(u16 selector)
{
	const u64 *tss = descriptor(selector);
	u64 base = (tss[0] >> 16 & 0xffffff) | (tss[0] >> 56) << 24;

	return (word)(LONG_MODE ? base | tss[1] << 32 : base);
}

static void put_segments(const struct entry *entry, u16 tr)
{
	for (u32 i = 0; i < SEGMENTS; i++) {
		u16 selector = (u16)(i == CS_INDEX ? entry->cs : entry->ss);

		put(GUEST_ES + 2 * i, selector);
		put(GUEST_ES_BASE + 2 * i, 0);
		put(GUEST_ES_LIMIT + 2 * i, 0xffffffff); /* all of ours are flat */
		put(GUEST_ES_RIGHTS + 2 * i, (word)(*descriptor(selector) >> 40 & 0xf0ff));
		put(HOST_ES + 2 * i, i == CS_INDEX ? KERNEL_CS : KERNEL_DS);
	}
	put(GUEST_LDTR, 0);
	put(GUEST_LDTR_BASE, 0);
	put(GUEST_LDTR_LIMIT, 0);
	put(GUEST_LDTR_RIGHTS, UNUSABLE);
	put(GUEST_TR, tr);
	put(GUEST_TR_BASE, tss_base(tr));
	put(GUEST_TR_LIMIT, (word)(*descriptor(tr) & 0xffff));
	put(GUEST_TR_RIGHTS, BUSY_TSS);
	put(GUEST_GDTR_BASE, gdt.base);
	put(GUEST_GDTR_LIMIT, gdt.limit);
	put(GUEST_IDTR_BASE, idt.base);
	put(GUEST_IDTR_LIMIT, idt.limit);
	put(HOST_FS_BASE, 0);
	put(HOST_GS_BASE, 0);
	put(HOST_TR, tr);
	put(HOST_TR_BASE, tss_base(tr));
	put(HOST_GDTR_BASE, gdt.base);
	put(HOST_IDTR_BASE, idt.base);
}

/* What the nested guest and its hypervisor have alike. */
static void put_registers(void)
{
	put(GUEST_CR0, read_cr0());
	put(HOST_CR0, read_cr0());
	put(GUEST_CR3, read_cr3());
	put(HOST_CR3, read_cr3());
	put(GUEST_CR4, read_cr4());
	put(HOST_CR4, read_cr4());
	put(GUEST_SYSENTER_CS, (word)read_msr(MSR_SYSENTER_CS));
	put(HOST_SYSENTER_CS, (word)read_msr(MSR_SYSENTER_CS));
	put(GUEST_SYSENTER_ESP, (word)read_msr(MSR_SYSENTER_ESP));
	put(HOST_SYSENTER_ESP, (word)read_msr(MSR_SYSENTER_ESP));
	put(GUEST_SYSENTER_EIP, (word)read_msr(MSR_SYSENTER_EIP));
	put(HOST_SYSENTER_EIP, (word)read_msr(MSR_SYSENTER_EIP));
}

static void prepare(const struct entry *entry)
{
	u16 tr;

	asm volatile("sgdt %0" : "=m"(gdt));
	asm volatile("sidt %0" : "=m"(idt));
	asm volatile("str %0" : "=r"(tr));
	launched = false;
	vmx_on();
	put_controls();
	put_registers();
	put_segments(entry, tr);
	put(HOST_IP, (word)vmx_exited);
	put(GUEST_ACTIVITY, 0);
	put64(GUEST_LINK, ~0ull);
	put64(VMCS_DEBUGCTL, 0);
	put(VMCS_INTERRUPTIBILITY, 0);
	put(VMCS_PENDING_DEBUG, 0);
}

static void tell_exception(struct nested_exit *exit)
{
	u32 event = (u32)get(EXIT_EVENT);

	exit->vector = event_vector(event);
	exit->name = vector_name(exit->vector);
	exit->error = get(EXIT_EVENT_ERROR);
	/* General detect is the one #DB that comes again when the instruction does. */
	if (exit->vector == VECTOR_DB && event_type(event) == EVENT_EXCEPTION &&
	    !(get(EXIT_QUALIFICATION) & DR6_BD)) {
		exit->kind = EXIT_TRAPS;
		exit->debug = get(EXIT_QUALIFICATION);
	}
}

static struct nested_exit tell_exit(void)
{
	struct nested_exit exit = {.kind = EXIT_STOPS,
				   .cs = (u16)get(GUEST_ES + 2 * CS_INDEX),
				   .ss = (u16)get(GUEST_ES + 2 * 2)};

	if (refused) {
		exit.name = "REFUSED";
		exit.kind = EXIT_FAILS;
		return exit;
	}
	exit.code = (u32)get(EXIT_REASON);
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
	put(EXCEPTIONS, nested->exceptions);
	put(ENTRY_EVENT, nested->injection);
	put(GUEST_IP, nested->ip);
	put(GUEST_SP, nested->sp);
	put(GUEST_FLAGS, nested->flags);
	put(GUEST_DR7, nested->dr7);
	write_dr6(nested->dr6);
	refused = !vmx_launch(&nested->registers, launched);
	nested->dr6 = read_dr6();
	asm volatile("lgdt %0" : : "m"(gdt));
	asm volatile("lidt %0" : : "m"(idt));
	segments_reload_task();
	nested->ip = get(GUEST_IP);
	nested->sp = get(GUEST_SP);
	nested->flags = get(GUEST_FLAGS);
	nested->dr7 = get(GUEST_DR7);
	if (!refused && !(get(EXIT_REASON) & ENTRY_FAILED))
		launched = true;
	return tell_exit();
}

/* Types and lengths where software raised the event, the qualification where the exit has one. */
static void describe(struct line *line)
{
	u32 reason = (u32)get(EXIT_REASON), event = (u32)get(EXIT_EVENT),
	    within = (u32)get(EXIT_WITHIN), blocking = (u32)get(VMCS_INTERRUPTIBILITY);
	word pending = get(VMCS_PENDING_DEBUG);

	if (refused) {
		line_add(line, " number=%u", (u32)get(INSTRUCTION_ERROR));
		return;
	}
	if (reason & ENTRY_FAILED)
		return;
	if (reason == REASON_EXCEPTION && event_type(event) > EVENT_EXCEPTION)
		line_add(line, " type=%u length=%u", event_type(event),
			 (u32)get(EXIT_INSTRUCTION_LENGTH));
	if (reason == REASON_MOV_DR ||
	    (reason == REASON_EXCEPTION && event_vector(event) == VECTOR_DB))
		line_add(line, " qualification=%x", get(EXIT_QUALIFICATION));
	if (pending)
		line_add(line, " pending=%x", pending);
	if (within & EVENT_VALID)
		line_add(line, " within=%x", (word)within);
	if (blocking & BLOCKING_BY_STI)
		line_add(line, " shadow=STI");
	if (blocking & BLOCKING_BY_MOV_SS)
		line_add(line, " shadow=MOV_SS");
}

static void unblock(void)
{
	put(VMCS_INTERRUPTIBILITY,
	    get(VMCS_INTERRUPTIBILITY) & ~(word)(BLOCKING_BY_STI | BLOCKING_BY_MOV_SS));
	put(VMCS_PENDING_DEBUG, 0);
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
