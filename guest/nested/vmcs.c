/* SPDX-License-Identifier: BSD-2-Clause */
/* The VMCS: its fields, and what a nested guest starts with; see vmcs.h. */
#include "nested/vmcs.h"

#include "cpu/segments.h"

#define SEGMENTS 6

/* "Pin-Based VM-Execution Controls" */
#define ACTIVATE_TIMER (1u << 6)

/* "Primary Processor-Based VM-Execution Controls", "VM-Exit Controls", "VM-Entry Controls" */
#define USE_MSR_BITMAP (1u << 28)
#define SAVE_DEBUG_CONTROLS (1u << 2)
#define HOST_64 (1u << 9)
#define LOAD_DEBUG_CONTROLS (1u << 2)
#define GUEST_64 (1u << 9)

/* "Guest Register State": access rights beside a descriptor's */
#define UNUSABLE (1u << 16)
#define BUSY_TSS 0x8b

/* SDM Vol. 3, "VMX Capability Reporting Facility" */
#define MSR_VMX_BASIC 0x480
#define TRUE_CONTROLS (1u << 23) /* of its upper half */
#define MSR_VMX_PIN_CONTROLS 0x481
#define MSR_VMX_PRIMARY_CONTROLS 0x482
#define MSR_VMX_EXIT_CONTROLS 0x483
#define MSR_VMX_ENTRY_CONTROLS 0x484
#define MSR_VMX_TRUE_EXIT_CONTROLS 0x48f
#define MSR_VMX_TRUE_ENTRY_CONTROLS 0x490

static u8 msr_bitmap[4096] __attribute__((aligned(4096))); /* none is intercepted */

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

void vmcs_put(u32 field, word value)
{
	vmx_write((enum vmcs_field)field, value);
}

word vmcs_get(u32 field)
{
	return vmx_read((enum vmcs_field)field);
}

/* A field of 64 bits; in 32-bit code its upper half has an encoding of its own. */
void vmcs_put64(u32 field, u64 value)
{
	vmcs_put(field, (word)value);
	if (!LONG_MODE)
		vmcs_put(field + 1, (word)(value >> 32));
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

bool vmx_set_timer(bool expires)
{
	word pins = vmcs_get(PIN_CONTROLS) & ~(word)ACTIVATE_TIMER;

	if (!(read_msr(MSR_VMX_PIN_CONTROLS) >> 32 & ACTIVATE_TIMER))
		return !expires;
	vmcs_put(PIN_CONTROLS, expires ? pins | ACTIVATE_TIMER : pins);
	vmcs_put(GUEST_TIMER, 0);
	return true;
}

/* The MSRs of the controls have both set for ever; those of the "true" controls say what may be
 * clear. */
bool vmx_choose_debug_controls(bool load, bool save)
{
	word wanted = save ? SAVE_DEBUG_CONTROLS : 0;

	if (!(read_msr(MSR_VMX_BASIC) >> 32 & TRUE_CONTROLS) ||
	    (read_msr(MSR_VMX_TRUE_EXIT_CONTROLS) & SAVE_DEBUG_CONTROLS) ||
	    (read_msr(MSR_VMX_TRUE_ENTRY_CONTROLS) & LOAD_DEBUG_CONTROLS))
		return false;
	vmcs_put(EXIT_CONTROLS, (vmcs_get(EXIT_CONTROLS) & ~(word)SAVE_DEBUG_CONTROLS) | wanted);
	wanted = load ? LOAD_DEBUG_CONTROLS : 0;
	vmcs_put(ENTRY_CONTROLS, (vmcs_get(ENTRY_CONTROLS) & ~(word)LOAD_DEBUG_CONTROLS) | wanted);
	return true;
}

static void put_controls(void)
{
	vmcs_put(PIN_CONTROLS, controls(MSR_VMX_PIN_CONTROLS, 0));
	vmcs_put(VMCS_PRIMARY_CONTROLS, controls(MSR_VMX_PRIMARY_CONTROLS, USE_MSR_BITMAP));
	vmcs_put64(MSR_BITMAP, (word)msr_bitmap);
	vmcs_put(PAGE_FAULT_MASK, 0);
	vmcs_put(PAGE_FAULT_MATCH, 0);
	vmcs_put(CR3_TARGETS, 0);
	vmcs_put(CR0_MASK, 0);
	vmcs_put(CR4_MASK, 0);
	vmcs_put(EXIT_CONTROLS,
		 controls(MSR_VMX_EXIT_CONTROLS, SAVE_DEBUG_CONTROLS | (LONG_MODE ? HOST_64 : 0)));
	vmcs_put(EXIT_STORES, 0);
	vmcs_put(EXIT_LOADS, 0);
	vmcs_put(ENTRY_CONTROLS, controls(MSR_VMX_ENTRY_CONTROLS,
					  LOAD_DEBUG_CONTROLS | (LONG_MODE ? GUEST_64 : 0)));
	vmcs_put(ENTRY_LOADS, 0);
	vmcs_put(VMCS_ENTRY_INSTRUCTION_LENGTH, 0);
}

static const u64 *descriptor(const struct tables *tables, u16 selector)
{
	return &((const u64 *)tables->gdt.base)[selector / 8];
}

static word tss_base(const struct tables *tables)
{
	const u64 *tss = descriptor(tables, tables->tr);
	u64 base = (tss[0] >> 16 & 0xffffff) | (tss[0] >> 56) << 24;

	return (word)(LONG_MODE ? base | tss[1] << 32 : base);
}

static void put_segments(const struct entry *entry, const struct tables *tables)
{
	for (u32 i = 0; i < SEGMENTS; i++) {
		u16 selector = (u16)(i == CS_INDEX ? entry->cs : entry->ss);

		vmcs_put(GUEST_ES + 2 * i, selector);
		vmcs_put(GUEST_ES_BASE + 2 * i, 0);
		vmcs_put(GUEST_ES_LIMIT + 2 * i, 0xffffffff); /* all of ours are flat */
		vmcs_put(GUEST_ES_RIGHTS + 2 * i,
			 (word)(*descriptor(tables, selector) >> 40 & 0xf0ff));
		vmcs_put(HOST_ES + 2 * i, i == CS_INDEX ? KERNEL_CS : KERNEL_DS);
	}
	vmcs_put(GUEST_LDTR, 0);
	vmcs_put(GUEST_LDTR_BASE, 0);
	vmcs_put(GUEST_LDTR_LIMIT, 0);
	vmcs_put(GUEST_LDTR_RIGHTS, UNUSABLE);
	vmcs_put(GUEST_TR, tables->tr);
	vmcs_put(GUEST_TR_BASE, tss_base(tables));
	vmcs_put(GUEST_TR_LIMIT, (word)(*descriptor(tables, tables->tr) & 0xffff));
	vmcs_put(GUEST_TR_RIGHTS, BUSY_TSS);
	vmcs_put(GUEST_GDTR_BASE, tables->gdt.base);
	vmcs_put(GUEST_GDTR_LIMIT, tables->gdt.limit);
	vmcs_put(GUEST_IDTR_BASE, tables->idt.base);
	vmcs_put(GUEST_IDTR_LIMIT, tables->idt.limit);
	vmcs_put(HOST_FS_BASE, 0);
	vmcs_put(HOST_GS_BASE, 0);
	vmcs_put(HOST_TR, tables->tr);
	vmcs_put(HOST_TR_BASE, tss_base(tables));
	vmcs_put(HOST_GDTR_BASE, tables->gdt.base);
	vmcs_put(HOST_IDTR_BASE, tables->idt.base);
}

/* What the nested guest and its hypervisor have alike. */
static void put_registers(void)
{
	vmcs_put(GUEST_CR0, read_cr0());
	vmcs_put(HOST_CR0, read_cr0());
	vmcs_put(GUEST_CR3, read_cr3());
	vmcs_put(HOST_CR3, read_cr3());
	vmcs_put(GUEST_CR4, read_cr4());
	vmcs_put(HOST_CR4, read_cr4());
	vmcs_put(GUEST_SYSENTER_CS, (word)read_msr(MSR_SYSENTER_CS));
	vmcs_put(HOST_SYSENTER_CS, (word)read_msr(MSR_SYSENTER_CS));
	vmcs_put(GUEST_SYSENTER_ESP, (word)read_msr(MSR_SYSENTER_ESP));
	vmcs_put(HOST_SYSENTER_ESP, (word)read_msr(MSR_SYSENTER_ESP));
	vmcs_put(GUEST_SYSENTER_EIP, (word)read_msr(MSR_SYSENTER_EIP));
	vmcs_put(HOST_SYSENTER_EIP, (word)read_msr(MSR_SYSENTER_EIP));
}

void vmcs_fill(const struct entry *entry, const struct tables *tables, const char *exit)
{
	put_controls();
	put_registers();
	put_segments(entry, tables);
	vmcs_put(HOST_IP, (word)exit);
	vmcs_put(GUEST_ACTIVITY, 0);
	vmcs_put64(GUEST_LINK, ~0ull);
	vmcs_put64(VMCS_DEBUGCTL, 0);
	vmcs_put(VMCS_INTERRUPTIBILITY, 0);
	vmcs_put(VMCS_PENDING_DEBUG, 0);
}
