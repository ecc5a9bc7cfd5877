/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT to an application processor that is in the handler of an NMI, which holds back other NMIs,
 * but not INIT: it starts again from the same state as one that halts.
 *
 * SDM Vol. 3, "Handling Multiple NMIs", "Typical AP Initialization Sequence", "Processor State
 * After Reset". */
#include "case.h"
#include "cpu/segments.h"
#include "cpu/smp.h"
#include "rounds.h"

asm(".pushsection .text\n"
    "init_in_nmi_stay:\n\t"
    "movb $1, init_in_nmi_there\n"
    "1:\n\t"
    "jmp 1b\n"
    ".popsection");

extern const char init_in_nmi_stay[];

volatile bool init_in_nmi_there;

static void interrupt_itself(void)
{
	smp_send_nmi(this_cpu());
	for (;;)
		pause();
}

CASE(init_in_nmi, KERNEL32 | KERNEL64, .cpus = 2)
{
	idt_set_handler(VECTOR_NMI, init_in_nmi_stay);
	init_rounds_there(3, interrupt_itself, &init_in_nmi_there, "in_nmi");
}
