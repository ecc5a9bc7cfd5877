/* SPDX-License-Identifier: BSD-2-Clause */
/* Breakpoints on one processor, while another does the same; see each_cpu.h. */
#include "each_cpu.h"

#include "cpu/breakpoint.h"
#include "cpu/smp.h"
#include "log.h"

#define AP 1

static void (*arm)(u32 number);
static void (*run)(void);
static volatile bool armed, go;

static void arm_wait_and_run(void)
{
	arm(AP);
	armed = true;
	while (!go)
		pause();
	run();
}

/* The other processor arms its breakpoint before this one runs the body, and runs it afterwards. */
static bool run_while_armed(void)
{
	armed = go = false;
	if (!smp_start(AP, arm_wait_and_run))
		return false;
	while (!armed)
		pause();
	note("dr7=%x", read_dr7());
	run();
	go = true;
	smp_join();
	return true;
}

void each_cpu(void (*new_arm)(u32 number), void (*new_run)(void))
{
	arm = new_arm;
	run = new_run;
	note("armed=0");
	arm(0);
	if (!smp_run(AP, run))
		return;
	run();

	note("armed=0,1");
	if (!run_while_armed())
		return;

	note("armed=1");
	breakpoints_clear();
	run_while_armed();
}
