/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT and SIPI: an application processor whose registers were changed starts again a hundred
 * times, each time from the state that INIT defines. SDM Vol. 3, "Processor State After Reset"
 * (Table "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT") and "Typical AP
 * Initialization Sequence". */
#include "case.h"
#include "smp.h"
#include "string.h"
#include "x86.h"

#define AP 1
#define ROUNDS 100u

/* Runs on the AP: leaves nothing as INIT must set it. */
static void spoil(void)
{
	write_dr0(0x11111110);
	write_dr1(0x22222220);
	write_dr2(0x33333330);
	write_dr3(0x44444440);
	write_dr6(0xffff4fff);
	write_dr7(DR7_INIT | 0x300); /* LE and GE: nothing is armed */
	write_cr2(0x55555550);
	asm volatile("mov %0, %%eax\n\t"
		     "mov %%eax, %%ebx\n\t"
		     "mov %%eax, %%ecx\n\t"
		     "mov %%eax, %%edx\n\t"
		     "mov %%eax, %%esi\n\t"
		     "mov %%eax, %%edi\n\t"
		     "mov %%eax, %%ebp\n"
		     "1:\n\t"
		     "hlt\n\t"
		     "jmp 1b"
		     :
		     : "i"(0x66666666));
}

/* Where EDX must be the processor's signature, which differs from CPU to CPU, the log says so. */
static void note_state(const struct reset_state *state)
{
	struct line line = {.size = 0};

	note("eax=%x ebx=%x ecx=%x", (word)state->eax, (word)state->ebx, (word)state->ecx);
	line_add(&line, "note edx=");
	if (state->edx == cpuid(1).eax)
		line_add(&line, "signature");
	else
		line_add(&line, "%x", (word)state->edx);
	line_write(&line);
	note("esi=%x edi=%x ebp=%x esp=%x", (word)state->esi, (word)state->edi, (word)state->ebp,
	     (word)state->esp);
	note("flags=%f", (word)state->eflags);
	note("cs=%h ds=%h es=%h fs=%h gs=%h ss=%h", state->cs, state->ds, state->es, state->fs,
	     state->gs, state->ss);
	note("gdt_limit=%h idt_limit=%h", state->gdtr.limit, state->idtr.limit);
	note("cr0=%x cr2=%x cr3=%x cr4=%x", (word)state->cr0, (word)state->cr2, (word)state->cr3,
	     (word)state->cr4);
	note("efer=%x", (word)state->efer);
	note("dr0=%x dr1=%x dr2=%x dr3=%x", (word)state->dr0, (word)state->dr1, (word)state->dr2,
	     (word)state->dr3);
	note("dr6=%x dr7=%x", (word)state->dr6, (word)state->dr7);
}

static bool start(void)
{
	smp_send_init(AP);
	return smp_send_sipi(AP, spoil);
}

CASE(init_sipi, KERNEL32 | KERNEL64, .cpus = 2)
{
	struct reset_state first, state;
	u32 round;

	/* The first start is from whatever the firmware left. */
	if (!start() || !start()) {
		note("ap=silent");
		return;
	}
	first = smp_reset_state();
	note_state(&first);

	for (round = 1; round < ROUNDS; round++) {
		if (!start()) {
			note("round=%u ap=silent", round + 1);
			return;
		}
		state = smp_reset_state();
		if (memcmp(&state, &first, sizeof(state))) {
			note("round=%u state=other", round + 1);
			note_state(&state);
			return;
		}
	}
	note("rounds=%u state=same", round);
}
