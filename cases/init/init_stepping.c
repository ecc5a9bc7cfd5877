/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT to an application processor that single-steps: TF is set in its loop, and every instruction
 * traps to a handler that counts and returns. Neither TF nor a #DB may be left over.
 *
 * SDM Vol. 3, "Typical AP Initialization Sequence", "Processor State After Reset". */
#include "case.h"
#include "rounds.h"

#ifdef __x86_64__
#define IRET "iretq"
#else
#define IRET "iret"
#endif

asm(".pushsection .text\n"
    "count_and_return:\n\t"
    "incl steps\n\t" IRET "\n"
    ".popsection");

extern const char count_and_return[];

volatile u32 steps;

static void step(void)
{
	asm volatile("pushf\n\t"
		     "orl %0, (%%esp)\n\t"
		     "popf\n"
		     "1:\n\t"
		     "inc %%ebx\n\t"
		     "jmp 1b"
		     :
		     : "i"(FLAGS_TF));
}

CASE(init_stepping, KERNEL32 | KERNEL64, .cpus = 2)
{
	steps = 0;
	idt_set_handler(VECTOR_DB, count_and_return);
	init_rounds(3, step, "stepping");
	note("stepped=%s", steps ? "yes" : "no");
}
