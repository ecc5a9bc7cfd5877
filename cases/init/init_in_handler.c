/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT to an application processor that is in the handler of an exception, with interrupts off: it
 * is not held back, and starts again from the same state as one that halts.
 *
 * SDM Vol. 3, "Typical AP Initialization Sequence", "Processor State After Reset". */
#include "case.h"
#include "rounds.h"

asm(".pushsection .text\n"
    "init_in_handler_stay:\n\t"
    "movb $1, init_in_handler_there\n"
    "1:\n\t"
    "jmp 1b\n"
    ".popsection");

extern const char init_in_handler_stay[];

volatile bool init_in_handler_there;

static void fault(void)
{
	asm volatile("ud2");
}

CASE(init_in_handler, KERNEL32 | KERNEL64, .cpus = 2)
{
	idt_set_handler(VECTOR_UD, init_in_handler_stay);
	init_rounds_there(3, fault, &init_in_handler_there, "in_handler");
}
