/* SPDX-License-Identifier: BSD-2-Clause */
/* The fence around each case; see fence.h. */
#include "fence.h"

#include "board/console.h"
#include "board/leave.h"
#include "cpu/jump.h"
#include "cpu/segments.h"
#include "cpu/smp.h"
#include "cpu/x86.h"
#include "leftover.h"
#include "log.h"
#include "panic.h"

/* What a case may change on the boot processor. The others are put back by an INIT. */
struct machine {
	word cr0, cr3, cr4, dr0, dr1, dr2, dr3;
	u64 efer;
	u64 entry_msrs[6];
};

/* Where SYSENTER and, in 64-bit mode, SYSCALL lead. */
static const u32 entry_msrs[] = {
	MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP,
#ifdef __x86_64__
	MSR_STAR,	 MSR_LSTAR,	   MSR_FMASK,
#endif
};

static struct {
	bool up;
	enum mode mode;
	u32 budget;
	bool called_off; /* by another CPU */
	struct jump out;
	void (*way_out)(void);
	struct machine before;
} fence;

/* How long another CPU waits, after it has ended the case, for the boot processor to come; of
 * delay(). */
#define PATIENCE 1000000

static void save(struct machine *machine)
{
	*machine = (struct machine){
		.cr0 = read_cr0(),
		.cr3 = read_cr3(),
		.cr4 = read_cr4(),
		.dr0 = read_dr0(),
		.dr1 = read_dr1(),
		.dr2 = read_dr2(),
		.dr3 = read_dr3(),
		.efer = has_efer() ? read_msr(MSR_EFER) : 0,
	};
	for (size_t i = 0; has_sysenter() && i < ARRAY_SIZE(entry_msrs); i++)
		machine->entry_msrs[i] = read_msr(entry_msrs[i]);
}

/* By IRET: POPF leaves VIF and VIP as they are. */
static void restore_flags(void)
{
#ifdef __x86_64__
	asm volatile("mov %%rsp, %%rax\n\t"
		     "push %0\n\t"
		     "push %%rax\n\t"
		     "push %1\n\t"
		     "push %2\n\t"
		     "push $1f\n\t"
		     "iretq\n"
		     "1:"
		     :
		     : "i"(KERNEL_DS), "i"(FLAGS_FIXED), "i"(KERNEL_CS)
		     : "rax", "memory", "cc");
#else
	asm volatile("push %0\n\t"
		     "push %1\n\t"
		     "push $1f\n\t"
		     "iret\n"
		     "1:"
		     :
		     : "i"(FLAGS_FIXED), "i"(KERNEL_CS)
		     : "memory", "cc");
#endif
}

static void restore(void)
{
	const struct machine *machine = &fence.before;

	/* A trap from ring 3 in long mode has left it null. */
	asm volatile("mov %0, %%ss" : : "r"(KERNEL_DS));
	restore_flags();
	write_cr0(machine->cr0);
	write_cr3(machine->cr3);
	write_cr4(machine->cr4);
	write_dr7(DR7_INIT);
	write_dr0(machine->dr0);
	write_dr1(machine->dr1);
	write_dr2(machine->dr2);
	write_dr3(machine->dr3);
	write_dr6(DR6_INIT);
	if (has_efer())
		write_msr(MSR_EFER, machine->efer);
	for (size_t i = 0; has_sysenter() && i < ARRAY_SIZE(entry_msrs); i++)
		write_msr(entry_msrs[i], machine->entry_msrs[i]);
}
LEFTOVER(registers, restore);

static void put_leftovers_away(void)
{
	extern void (*const leftovers_start[])(void), (*const leftovers_end[])(void);

	for (void (*const *leftover)(void) = leftovers_start; leftover < leftovers_end; leftover++)
		(*leftover)();
}

/* Where a case is over and its last line written: a debugger's breakpoint. */
static void __attribute__((noinline)) case_over(void)
{
	asm volatile("");
}

void fence_run(const struct test_case *test_case, enum mode mode)
{
	log_line("begin %s@%s", test_case->name, mode_name(mode));
	console_drain(); /* a machine that the case takes down must not take this line along */
	save(&fence.before);
	fence.mode = mode;
	fence.budget = test_case->trap_budget ? test_case->trap_budget : DEFAULT_TRAP_BUDGET;
	if (test_case->cpus > smp_cpus()) {
		log_line("needs cpus=%u", test_case->cpus);
	} else {
		fence.called_off = false;
		fence.up = true;
		if (!set_jump(&fence.out))
			test_case->run();
		fence.up = false;
	}
	log_hold(); /* nobody is stopped within a line */
	smp_stop_others();
	log_take_over();
	fence.way_out = NULL;
	put_leftovers_away();
	log_line("end %s@%s", test_case->name, mode_name(mode));
	panic_print();
	case_over();
}

enum mode fence_mode(void)
{
	return fence.mode;
}

void fence_set_way_out(void (*way_out)(void))
{
	fence.way_out = way_out;
}

bool fence_spend_trap(void)
{
	if (!fence.up)
		return true;
	return __atomic_fetch_sub(&fence.budget, 1, __ATOMIC_RELAXED) > 0;
}

static bool is_called_off(void)
{
	return __atomic_load_n(&fence.called_off, __ATOMIC_ACQUIRE);
}

/* The boot processor may wait for what this CPU will never do. An NMI gets it out of there, at a
 * time when it is not within a line. It then stops this CPU, and says what was recorded after the
 * case, however long that takes where vCPUs wait for processors. If it does not come out, it has
 * to be said here. */
static void __attribute__((noreturn)) call_off(void)
{
	log_hold();
	__atomic_store_n(&fence.called_off, true, __ATOMIC_RELEASE);
	smp_send_held_nmi(BOOT_CPU);
	for (int left = PATIENCE; left && is_called_off(); left--)
		delay(1);
	if (is_called_off())
		panic_print();
	else
		log_release();
	smp_halt();
}

bool fence_was_called_off(void)
{
	if (this_cpu() != BOOT_CPU ||
	    !__atomic_exchange_n(&fence.called_off, false, __ATOMIC_ACQUIRE))
		return false;
	if (fence.up)
		fence_abandon();
	return true;
}

void fence_abandon(void)
{
	if (this_cpu() != BOOT_CPU)
		call_off();
	if (!fence.up) {
		panic_print();
		leave(LEAVE_PANIC);
	}
	if (fence.way_out)
		fence.way_out();
	jump(&fence.out);
}
