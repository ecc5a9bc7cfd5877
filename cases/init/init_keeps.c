/* SPDX-License-Identifier: BSD-2-Clause */
/* What INIT leaves alone, unlike RESET: CR0.CD and CR0.NW as they are (here CD set, NW clear), the
 * x87 control word, MXCSR, the XMM registers.
 *
 * SDM Vol. 3, "Processor State After Reset" (Table "IA-32 and Intel 64 Processor States Following
 * Power-up, Reset, or INIT"). */
#include "case.h"
#include "cpu/features.h"
#include "cpu/smp.h"

#define AP 1
#define CR0_CD (1ul << 30)
#define CR4_OSFXSR (1ul << 9)

static const u32 pattern[4] = {0x11111111, 0x22222222, 0x33333333, 0x44444444};

static void set(void)
{
	const u16 control = 0x027f; /* all exceptions masked, double precision */
	const u32 mxcsr = 0x3f80;   /* all exceptions masked, round down */

	write_cr4(read_cr4() | CR4_OSFXSR);
	asm volatile("fldcw %0" : : "m"(control));
	asm volatile("ldmxcsr %0" : : "m"(mxcsr));
	asm volatile("movups %0, %%xmm0" : : "m"(pattern));
	write_cr0(read_cr0() | CR0_CD);
}

static void tell(void)
{
	u32 mxcsr, xmm0[4];
	u16 control;

	write_cr4(read_cr4() | CR4_OSFXSR);
	asm volatile("fnstcw %0" : "=m"(control));
	asm volatile("stmxcsr %0" : "=m"(mxcsr));
	asm volatile("movups %%xmm0, %0" : "=m"(xmm0));
	note("cr0=%x", (word)smp_reset_state().cr0);
	note("x87_control=%h mxcsr=%x", control, (word)mxcsr);
	note("xmm0=%x,%x,%x,%x", (word)xmm0[0], (word)xmm0[1], (word)xmm0[2], (word)xmm0[3]);
}

static const struct feature features[] = {{"fxsr", 1, FEATURE_EDX, 24},
					  {"sse", 1, FEATURE_EDX, 25}};

CASE(init_keeps, KERNEL32 | KERNEL64, .cpus = 2)
{
	if (HAS_FEATURES(features) && smp_run(AP, set))
		smp_run(AP, tell);
}
