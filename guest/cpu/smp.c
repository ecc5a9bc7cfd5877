/* SPDX-License-Identifier: BSD-2-Clause */
/* The other CPUs; see smp.h. */
#include "cpu/smp.h"

#include "board/firmware.h"
#include "cpu/apic.h"
#include "cpu/idt.h"
#include "cpu/segments.h"
#include "cpu/x86.h"
#include "log.h"
#include "string.h"

#define STACK_SIZE 16384

/* The protocol's 10 ms between INIT and SIPI were for the 82489DX; later local APICs need none. */
#define INIT_DELAY 100
/* Nothing shows that an NMI is pending. On its way it takes about a microsecond on hardware. */
#define NMI_DELAY 100
/* A CPU that comes up does so within microseconds, unless the host has no time for its thread. */
#define START_PATIENCE 20000000

extern char trampoline_start[], trampoline_end[];
extern char trampoline_has_efer[], trampoline_stack[], trampoline_state[];

static u32 apic_ids[MAX_CPUS];
static u32 cpus;
static u32 started; /* a set of CPU numbers */
static u8 stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));
static u8 trap_stacks[MAX_CPUS][STACK_SIZE] __attribute__((aligned(16))); /* for ring 3 */

static struct {
	u32 cpu;
	void (*function)(void);
	bool running, finished;
} volatile order;

/* The copy of something in the trampoline that CPUs really use. */
static void *in_trampoline(const char *label)
{
	return physical((u32)(TRAMPOLINE + (label - trampoline_start)));
}

/* The boot processor becomes number 0, whatever place the firmware gave it. */
static void find_cpus(void)
{
	u32 boot_id = apic_id(), place = 0;

	cpus = madt_find_cpus(apic_ids, MAX_CPUS);
	if (!cpus)
		cpus = mptable_find_cpus(apic_ids, MAX_CPUS);
	while (place < cpus && apic_ids[place] != boot_id)
		place++;
	if (place == cpus)
		cpus = 1;
	else
		apic_ids[place] = apic_ids[BOOT_CPU];
	apic_ids[BOOT_CPU] = boot_id;
}

void smp_init(void)
{
	find_cpus();
	memcpy(physical(TRAMPOLINE), trampoline_start, trampoline_end - trampoline_start);
	*(bool *)in_trampoline(trampoline_has_efer) = has_efer();
}

u32 smp_cpus(void)
{
	return cpus;
}

void smp_send_init(u32 cpu)
{
	apic_send_init(apic_ids[cpu]);
	delay(INIT_DELAY);
}

void smp_send_nmi(u32 cpu)
{
	apic_send_nmi(apic_ids[cpu]);
}

void smp_send_held_nmi(u32 cpu)
{
	smp_send_nmi(cpu);
	delay(NMI_DELAY);
}

void smp_send_fixed(u32 cpu, u8 vector)
{
	apic_send_fixed(apic_ids[cpu], vector);
}

void smp_send_sipi(u32 cpu, void (*function)(void))
{
	order.cpu = cpu;
	order.function = function;
	order.running = order.finished = false;
	*(u64 *)in_trampoline(trampoline_stack) = (word)(stacks[cpu] + STACK_SIZE);
	smp_send_sipi_to_page(cpu, TRAMPOLINE >> 12);
}

void smp_send_sipi_to_page(u32 cpu, u8 page)
{
	started |= 1u << cpu;
	apic_send_sipi(apic_ids[cpu], page);
}

bool smp_wait(void)
{
	for (int i = 0; i < START_PATIENCE && !order.running; i++) {
		delay(1);
		pause();
	}
	return order.running;
}

bool smp_start(u32 cpu, void (*function)(void))
{
	smp_send_init(cpu);
	smp_send_sipi(cpu, function);
	if (smp_wait())
		return true;
	note("ap=silent");
	return false;
}

void smp_join(void)
{
	while (!order.finished)
		pause();
}

bool smp_run(u32 cpu, void (*function)(void))
{
	if (!smp_start(cpu, function))
		return false;
	smp_join();
	return true;
}

/* Called by boot/trampoline.asm on the AP's own stack. */
void __attribute__((noreturn)) ap_main(void)
{
	void (*function)(void) = order.function;

	segments_load(order.cpu, trap_stacks[order.cpu] + STACK_SIZE);
	idt_load();
	order.running = true;
	function();
	order.finished = true;
	smp_halt();
}

struct reset_state smp_reset_state(void)
{
	struct reset_state state;

	memcpy(&state, in_trampoline(trampoline_state), sizeof(state));
	return state;
}

void smp_stop_others(void)
{
	for (u32 cpu = 0; cpu < cpus; cpu++)
		if (started >> cpu & 1)
			smp_send_init(cpu);
	started = 0;
}

void smp_halt(void)
{
	for (;;)
		asm volatile("cli\n\t"
			     "hlt");
}
