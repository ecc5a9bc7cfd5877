/* SPDX-License-Identifier: BSD-2-Clause */
/* The other CPUs: found in the firmware's tables, started by INIT and SIPI. */
#ifndef GUEST_CPU_SMP_H
#define GUEST_CPU_SMP_H

#include "cpu/segments.h"
#include "types.h"

/* What boot/trampoline.asm found in the registers before it changed any. */
struct reset_state {
	u32 eax, ebx, ecx, edx, esi, edi, ebp, esp, eflags;
	u32 cr0, cr2, cr3, cr4;
	u32 dr0, dr1, dr2, dr3, dr6, dr7;
	u32 efer; /* its low half; 0 where the CPU has none */
	u16 cs, ds, es, fs, gs, ss;
	struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) gdtr, idtr;
} __attribute__((packed));

/* Counts the CPUs and prepares the trampoline. */
void smp_init(void);

/* How many CPUs there are, the boot processor included, MAX_CPUS at the most. */
u32 smp_cpus(void);

/* Sends INIT; the CPU then waits for a SIPI (SDM Vol. 3, "MP Initialization Protocol Algorithm for
 * MP Systems"). */
void smp_send_init(u32 cpu);

/* Sends one SIPI. A CPU that waits for it runs FUNCTION, and halts with interrupts off when that
 * returns. */
void smp_send_sipi(u32 cpu, void (*function)(void));

/* Sends one SIPI with a vector of the case's own, to code that stands on that page. */
void smp_send_sipi_to_page(u32 cpu, u8 page);

/* Waits until the CPU that the last SIPI went to runs its function. False if it does not come up.
 */
bool smp_wait(void);

/* INIT, SIPI and the wait in one; notes ap=silent if the CPU does not come up. */
bool smp_start(u32 cpu, void (*function)(void));

/* Waits until that function has returned. */
void smp_join(void);

/* smp_start() and smp_join(). */
bool smp_run(u32 cpu, void (*function)(void));

/* Sends an NMI or a fixed interrupt to any CPU. */
void smp_send_nmi(u32 cpu);
void smp_send_fixed(u32 cpu, u8 vector);

/* Sends an NMI to a CPU that is in the handler of another one, where it is held back, and returns
 * when it is pending there. */
void smp_send_held_nmi(u32 cpu);

/* What the last CPU to start found in its registers. */
struct reset_state smp_reset_state(void);

/* INIT to every CPU that a SIPI was sent to since the last call. */
void smp_stop_others(void);

/* Halts the CPU that asks. */
void smp_halt(void) __attribute__((noreturn));

#endif
