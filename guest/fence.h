/* SPDX-License-Identifier: BSD-2-Clause */
/* The fence around each case: a budget of traps, a way back out, and the machine as it was before.
 */
#ifndef GUEST_FENCE_H
#define GUEST_FENCE_H

#include "mode.h"
#include "types.h"

#define DEFAULT_TRAP_BUDGET 24

/* Defined by CASE in case.h. */
struct test_case {
	const char *name;
	u32 modes; /* a set of enum mode */
	void (*run)(void);
	u32 cpus;	 /* how many the case needs; 0 means 1 */
	bool resets;	 /* the case resets the machine: it runs only where it is asked for */
	u32 trap_budget; /* after so many traps the case ends; 0 means DEFAULT_TRAP_BUDGET */
};

/* Runs the case in one of its modes, from its begin line to its end line. */
void fence_run(const struct test_case *test_case, enum mode mode);

/* The mode of the case that runs. */
enum mode fence_mode(void);

/* Takes one trap from the budget of the case that runs. False when nothing was left of it. */
bool fence_spend_trap(void);

/* Ends the case that runs, on whichever CPU this is; without a case, the whole run. */
void fence_abandon(void) __attribute__((noreturn));

/* Has the boot processor go this way first when a case is abandoned, until the end of the case: out
 * of what the kernel's stack is not under. WAY_OUT may return. */
void fence_set_way_out(void (*way_out)(void));

/* For an NMI: whether it is the one by which another CPU tells the boot processor that it has ended
 * the case, and no part of it. Does not return while the case still runs. */
bool fence_was_called_off(void);

#endif
