/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests on SVM; see svm.h. */
#include "svm.h"

#include "log.h"
#include "msr.h"
#include "segments.h"
#include "string.h"
#include "traps.h"
#include "x86.h"

/* APM Vol. 2, "SVM Intercept Codes" */
#define EXIT_EXCEPTION 0x40
#define EXIT_INT_N 0x75
#define EXIT_SHUTDOWN 0x7f
#define EXIT_VMMCALL 0x81
#define EXIT_ICEBP 0x88
#define EXIT_INVALID (~0ull)

_Static_assert(offsetof(struct vmcb, asid) == 0x58 && offsetof(struct vmcb, exit_code) == 0x70 &&
		       offsetof(struct vmcb, event_injection) == 0xa8 &&
		       offsetof(struct vmcb, cpl) == 0x4cb &&
		       offsetof(struct vmcb, efer) == 0x4d0 &&
		       offsetof(struct vmcb, rflags) == 0x570 &&
		       offsetof(struct vmcb, rsp) == 0x5d8 && offsetof(struct vmcb, rax) == 0x5f8 &&
		       sizeof(struct vmcb) == 4096,
	       "the layout is the CPU's");

/* The general registers that VMRUN does not load from the VMCB; guest/vmrun.asm. */
struct nested_registers {
	word bx, cx, dx, si, di, bp;
};

/* Runs the nested guest to its next #VMEXIT. */
void svm_vmrun(struct vmcb *vmcb, struct nested_registers *registers);

/* Where its body ends: a VMMCALL. */
extern const char exit_nested[];

static struct vmcb vmcb __attribute__((aligned(4096)));
static u8 host_save[4096] __attribute__((aligned(4096)));
static struct nested_registers registers;

static struct {
	bool enabled; /* HOST_SAVE_BEFORE is what MSR_VM_HSAVE_PA has to be again */
	u64 host_save_before;
	bool nested;	/* the nested guest runs, or has trapped */
	bool abandoned; /* and has come back only to end the case */
} state;

static struct vmcb_segment describe(u16 selector, const struct descriptor_pointer *gdt)
{
	u64 descriptor = ((const u64 *)gdt->base)[selector / 8];

	return (struct vmcb_segment){
		.selector = selector,
		.attributes = (u16)((descriptor >> 40 & 0xff) | (descriptor >> 52 & 0xf) << 8),
		.limit = 0xffffffff, /* all of ours are flat */
	};
}

static struct vmcb_segment table(const struct descriptor_pointer *pointer)
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

struct vmcb *svm_prepare(const struct body *body)
{
	struct descriptor_pointer gdt, idt;
	struct entry entry;

	if (!has_svm()) {
		log_line("needs svm=1");
		return NULL;
	}
	state.host_save_before = read_msr(MSR_VM_HSAVE_PA);
	state.enabled = true;
	write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SVME);
	write_msr(MSR_VM_HSAVE_PA, (word)host_save);

	entry = body_prepare(body, KERNEL_MODE, exit_nested);
	asm volatile("sgdt %0" : "=m"(gdt));
	asm volatile("sidt %0" : "=m"(idt));
	memset(&vmcb, 0, sizeof(vmcb));
	memset(&registers, 0, sizeof(registers));
	vmcb.intercept_misc1 = INTERCEPT_SHUTDOWN;
	vmcb.intercept_misc2 = INTERCEPT_VMRUN | INTERCEPT_VMMCALL;
	vmcb.asid = 1;
	vmcb.cs = describe((u16)entry.cs, &gdt);
	vmcb.es = vmcb.ss = vmcb.ds = describe((u16)entry.ss, &gdt);
	vmcb.gdtr = table(&gdt);
	vmcb.idtr = table(&idt);
	vmcb.efer = read_msr(MSR_EFER);
	vmcb.cr0 = read_cr0();
	vmcb.cr3 = read_cr3();
	vmcb.cr4 = read_cr4();
	vmcb.dr6 = DR6_INIT;
	vmcb.dr7 = DR7_INIT;
	vmcb.rflags = entry.flags;
	vmcb.rip = entry.ip;
	vmcb.rsp = entry.sp;
	return &vmcb;
}

static void log_exit(const struct trap_frame *frame)
{
	struct line line = {.size = 0};
	u64 vector = vmcb.exit_code - EXIT_EXCEPTION;

	if (vector < VECTOR_EXCEPTIONS)
		line_add(&line, "exit=%s", vector_name((u32)vector));
	else if (vmcb.exit_code == EXIT_INT_N)
		line_add(&line, "exit=INTn");
	else if (vmcb.exit_code == EXIT_ICEBP)
		line_add(&line, "exit=ICEBP");
	else if (vmcb.exit_code == EXIT_SHUTDOWN)
		line_add(&line, "exit=SHUTDOWN");
	else if (vmcb.exit_code == EXIT_INVALID)
		line_add(&line, "exit=INVALID");
	else
		line_add(&line, "exit=%h", (u32)vmcb.exit_code);
	line_add_frame(&line, frame, (word)vmcb.dr6, (word)vmcb.dr7);
	if (vmcb.exit_interrupt & EVENT_VALID)
		line_add(&line, " within=%x", (word)(u32)vmcb.exit_interrupt);
	if (vmcb.interrupt_shadow & INTERRUPT_SHADOW)
		line_add(&line, " shadow=1");
	line_write(&line);
}

/* Logs the #VMEXIT and says, by changing the VMCB, how to go on. False at the end. */
static bool handle_exit(void)
{
	bool exception = vmcb.exit_code - EXIT_EXCEPTION < VECTOR_EXCEPTIONS;
	struct trap_frame frame = {
		.vector = FRAME_NESTED | (exception ? vmcb.exit_code - EXIT_EXCEPTION : 0),
		.error = (word)vmcb.exit_info1,
		.ip = (word)vmcb.rip,
		.cs = vmcb.cs.selector,
		.flags = (word)vmcb.rflags,
		.sp = (word)vmcb.rsp,
		.ss = vmcb.ss.selector,
	};

	if (vmcb.exit_code == EXIT_VMMCALL)
		return false;
	log_exit(&frame);
	if (!fence_spend_trap()) {
		note("trap_budget=spent");
		fence_abandon();
	}
	if (exception && frame_vector(&frame) == VECTOR_DB) {
		if (body_at_end(&frame))
			vmcb.rflags &= ~FLAGS_TF;
		if (at_instruction_breakpoint((word)vmcb.dr6, (word)vmcb.dr7))
			vmcb.rflags |= FLAGS_RF;
		vmcb.dr6 = DR6_INIT;
		return true;
	}
	if (vmcb.exit_code == EXIT_INVALID || !body_skip_to_next_mark(&frame))
		return false;
	vmcb.rip = frame.ip;
	vmcb.interrupt_shadow = 0;
	return true;
}

struct registers svm_run(void)
{
	do {
		state.nested = true;
		svm_vmrun(&vmcb, &registers);
		state.nested = false;
		if (state.abandoned)
			fence_abandon();
	} while (handle_exit());
	body_finish();
	return (struct registers){(word)vmcb.rax, registers.bx,	  registers.cx,
				  registers.dx,	  registers.si,	  registers.di,
				  registers.bp,	  (word)vmcb.rsp, (word)vmcb.rflags};
}

void svm_leave_nested(void)
{
	if (!state.nested)
		return;
	state.abandoned = true;
	asm volatile("vmmcall" : : : "memory"); /* does not return */
}

void svm_forget(void)
{
	if (state.enabled)
		write_msr(MSR_VM_HSAVE_PA, state.host_save_before);
	state.enabled = state.nested = state.abandoned = false;
}
