/* SPDX-License-Identifier: BSD-2-Clause */
/* Rounds of INIT and SIPI; see rounds.h. */
#include "rounds.h"

#include "cpu/smp.h"
#include "cpu/x86.h"
#include "log.h"
#include "string.h"

#define AP 1

/* Where EDX must be the processor's signature, which differs from CPU to CPU, the log says so. */
static void note_state(const struct reset_state *state)
{
	struct line line;

	line_begin(&line);
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

static bool start(void (*busy)(void), volatile bool *there)
{
	if (there)
		*there = false;
	if (!smp_start(AP, busy))
		return false;
	while (there && !*there)
		pause();
	return true;
}

void init_rounds(u32 rounds, void (*busy)(void), const char *doing)
{
	init_rounds_there(rounds, busy, NULL, doing);
}

void init_rounds_there(u32 rounds, void (*busy)(void), volatile bool *there, const char *doing)
{
	struct reset_state first, state;
	u32 round;

	note("before=%s", doing);
	/* The first start is from whatever the firmware left. */
	if (!start(busy, there) || !start(busy, there))
		return;
	first = smp_reset_state();
	note_state(&first);

	for (round = 1; round < rounds; round++) {
		if (!start(busy, there)) {
			note("round=%u", round + 1);
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
