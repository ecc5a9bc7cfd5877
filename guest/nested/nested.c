/* SPDX-License-Identifier: BSD-2-Clause */
/* Nested guests; see nested.h. */
#include "nested/nested.h"

#include "cpu/x86.h"
#include "fence.h"
#include "leftover.h"
#include "mode.h"
#include "traps.h"

static struct nested nested;

static struct {
	const struct nested_cpu *cpu; /* that is prepared */
	bool running;		      /* the nested guest runs, or has trapped */
	bool abandoned;		      /* and has come back only to end the case */
} state;

static void forget(void)
{
	if (state.cpu)
		state.cpu->forget();
	state.cpu = NULL;
	state.running = state.abandoned = false;
}
LEFTOVER(running, forget);

/* When the case is abandoned: a nested guest that runs, or has trapped, comes back for it. */
static void leave(void)
{
	if (!state.running)
		return;
	state.abandoned = true;
	state.cpu->call(); /* does not return */
}

struct nested *nested_prepare_on(const struct nested_cpu *cpu, const struct body *body)
{
	struct entry entry;

	if (!cpu->present()) {
		log_line("needs %s", cpu->needs);
		return NULL;
	}
	forget();
	state.cpu = cpu;
	entry = body_prepare(body, KERNEL_MODE, cpu->exit);
	nested = (struct nested){
		.ip = entry.ip,
		.sp = entry.sp,
		.flags = entry.flags,
		.dr6 = DR6_INIT,
		.dr7 = DR7_INIT,
	};
	cpu->prepare(&entry);
	fence_set_way_out(leave);
	return &nested;
}

static void log_exit(const struct nested_exit *exit, const struct trap_frame *frame)
{
	struct line line;

	line_begin(&line);
	if (exit->name)
		line_add(&line, "exit=%s", exit->name);
	else
		line_add(&line, "exit=%h", exit->code);
	line_add_frame(&line, frame, nested.dr6, nested.dr7);
	state.cpu->describe(&line);
	line_write(&line);
}

/* Logs the exit and says how to go on. False at the end. */
static bool handle(const struct nested_exit *exit)
{
	struct trap_frame frame = {
		.vector = FRAME_NESTED | exit->vector,
		.error = exit->error,
		.ip = nested.ip,
		.cs = exit->cs,
		.flags = nested.flags,
		.sp = nested.sp,
		.ss = exit->ss,
	};

	if (exit->kind == EXIT_CALLS)
		return false;
	log_exit(exit, &frame);
	if (!fence_spend_trap()) {
		note("trap_budget=spent");
		fence_abandon();
	}
	if (exit->kind == EXIT_PAUSES)
		return !body_at_end(&frame);
	if (exit->kind == EXIT_TRAPS) {
		if (body_at_end(&frame))
			nested.flags &= ~FLAGS_TF;
		if (at_instruction_breakpoint(exit->debug, nested.dr7))
			nested.flags |= FLAGS_RF;
		nested.dr6 = DR6_INIT;
	} else {
		if (exit->kind == EXIT_FAILS || !body_skip_to_next_mark(&frame))
			return false;
		nested.ip = frame.ip;
	}
	state.cpu->unblock();
	return true;
}

struct registers nested_run(void)
{
	const struct nested_registers *left = &nested.registers;
	struct nested_exit exit;

	do {
		state.running = true;
		exit = state.cpu->enter(&nested);
		state.running = false;
		if (state.abandoned)
			fence_abandon();
		nested.injection = 0;
	} while (handle(&exit));
	body_finish();
	return (struct registers){left->ax, left->bx, left->cx,	 left->dx,    left->si,
				  left->di, left->bp, nested.sp, nested.flags};
}
