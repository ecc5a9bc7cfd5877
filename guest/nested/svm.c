/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests on SVM; see svm.h. */
#include "nested/svm.h"

#include "cpu/segments.h"
#include "cpu/vectors.h"
#include "cpu/x86.h"
#include "msr.h"
#include "string.h"
#include "traps.h"

/* APM Vol. 2, "SVM Intercept Codes" */
#define EXIT_EXCEPTION 0x40
#define EXIT_INT_N 0x75
#define EXIT_SHUTDOWN 0x7f
#define EXIT_VMMCALL 0x81
#define EXIT_ICEBP 0x88
#define EXIT_INVALID (~0ull)

_Static_assert(offsetof(struct vmcb, asid) == 0x58 && offsetof(struct vmcb, exit_code) == 0x70 &&
		       offsetof(struct vmcb, event_injection) == 0xa8 &&
		       offsetof(struct vmcb, next_rip) == 0xc8 &&
		       offsetof(struct vmcb, cpl) == 0x4cb &&
		       offsetof(struct vmcb, efer) == 0x4d0 &&
		       offsetof(struct vmcb, rflags) == 0x570 &&
		       offsetof(struct vmcb, rsp) == 0x5d8 && offsetof(struct vmcb, rax) == 0x5f8 &&
		       sizeof(struct vmcb) == 4096,
	       "the layout is the CPU's");

/* Runs the nested guest to its next #VMEXIT; guest/nested/vmrun.asm. */
void svm_vmrun(struct vmcb *vmcb, struct nested_registers *registers);
extern const char svm_exit[];

struct vmcb svm_vmcb __attribute__((aligned(4096)));
static struct vmcb *const vmcb = &svm_vmcb;
static u8 host_save[4096] __attribute__((aligned(4096)));
static u64 host_save_before; /* what MSR_VM_HSAVE_PA has to be again */

static struct vmcb_segment describe_segment(u16 selector, const struct descriptor_pointer *gdt)
{
	u64 descriptor = ((const u64 *)gdt->base)[selector / 8];

	return (struct vmcb_segment){
		.selector = selector,
		.attributes = (u16)((descriptor >> 40 & 0xff) | (descriptor >> 52 & 0xf) << 8),
		.limit = 0xffffffff, /* all of ours are flat */
	};
}

static struct vmcb_segment describe_table(const struct descriptor_pointer *pointer)
{
	return (struct vmcb_segment){.limit = pointer->limit, .base = pointer->base};
}

/* APM Vol. 2, "Enabling SVM". A VM_CR that is not there disables nothing. */
static bool has_svm(void)
{
	u64 vm_cr;

	return (cpuid_if_present(0x80000001).ecx & CPUID_80000001_ECX_SVM) &&
	       !(try_read_msr(MSR_VM_CR, &vm_cr) && (vm_cr & VM_CR_SVMDIS));
}

static void prepare(const struct entry *entry)
{
	struct descriptor_pointer gdt, idt;

	host_save_before = read_msr(MSR_VM_HSAVE_PA);
	write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SVME);
	write_msr(MSR_VM_HSAVE_PA, (word)host_save);

	asm volatile("sgdt %0" : "=m"(gdt));
	asm volatile("sidt %0" : "=m"(idt));
	memset(vmcb, 0, sizeof(*vmcb));
	vmcb->intercept_misc1 = INTERCEPT_SHUTDOWN;
	vmcb->intercept_misc2 = INTERCEPT_VMRUN | INTERCEPT_VMMCALL;
	vmcb->asid = 1;
	vmcb->cs = describe_segment((u16)entry->cs, &gdt);
	vmcb->es = vmcb->ss = vmcb->ds = describe_segment((u16)entry->ss, &gdt);
	vmcb->gdtr = describe_table(&gdt);
	vmcb->idtr = describe_table(&idt);
	vmcb->efer = read_msr(MSR_EFER);
	vmcb->cr0 = read_cr0();
	vmcb->cr3 = read_cr3();
	vmcb->cr4 = read_cr4();
}

static struct nested_exit tell_exit(void)
{
	u64 code = vmcb->exit_code, vector = code - EXIT_EXCEPTION;
	struct nested_exit exit = {.code = (u32)code,
				   .kind = EXIT_STOPS,
				   .cs = vmcb->cs.selector,
				   .ss = vmcb->ss.selector};

	if (vector < VECTOR_EXCEPTIONS) {
		exit.name = vector_name((u32)vector);
		exit.vector = (u32)vector;
		exit.error = (word)vmcb->exit_info1;
		if (vector == VECTOR_DB) {
			exit.kind = EXIT_TRAPS;
			exit.debug = (word)vmcb->dr6;
		}
	} else if (code == EXIT_VMMCALL) {
		exit.kind = EXIT_CALLS;
	} else if (code == EXIT_INT_N) {
		exit.name = "INTn";
	} else if (code == EXIT_ICEBP) {
		exit.name = "ICEBP";
	} else if (code == EXIT_SHUTDOWN) {
		exit.name = "SHUTDOWN";
	} else if (code == EXIT_INVALID) {
		exit.name = "INVALID";
		exit.kind = EXIT_FAILS;
	}
	return exit;
}

static struct nested_exit enter(struct nested *nested)
{
	vmcb->intercept_exceptions = nested->exceptions;
	vmcb->event_injection = nested->injection;
	vmcb->rip = nested->ip;
	vmcb->rsp = nested->sp;
	vmcb->rflags = nested->flags;
	vmcb->dr6 = nested->dr6;
	vmcb->dr7 = nested->dr7;
	vmcb->rax = nested->registers.ax;
	svm_vmrun(vmcb, &nested->registers);
	nested->ip = (word)vmcb->rip;
	nested->sp = (word)vmcb->rsp;
	nested->flags = (word)vmcb->rflags;
	nested->dr6 = (word)vmcb->dr6;
	nested->dr7 = (word)vmcb->dr7;
	nested->registers.ax = (word)vmcb->rax;
	return tell_exit();
}

static void describe(struct line *line)
{
	if (vmcb->exit_interrupt & EVENT_VALID)
		line_add(line, " within=%x", (word)(u32)vmcb->exit_interrupt);
	if (vmcb->interrupt_shadow & INTERRUPT_SHADOW)
		line_add(line, " shadow=1");
}

static void unblock(void)
{
	vmcb->interrupt_shadow = 0;
}

static void call(void)
{
	asm volatile("vmmcall" : : : "memory");
}

static void forget(void)
{
	write_msr(MSR_VM_HSAVE_PA, host_save_before);
}

const struct nested_cpu nested_svm = {
	.needs = "svm=1",
	.exit = svm_exit,
	.present = has_svm,
	.prepare = prepare,
	.enter = enter,
	.describe = describe,
	.unblock = unblock,
	.call = call,
	.forget = forget,
};
