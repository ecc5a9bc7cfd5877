/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT and SIPI: an application processor whose registers were changed starts again a hundred
 * times, each time from the state that INIT defines.
 *
 * SDM Vol. 3, "Processor State After Reset" (Table "IA-32 and Intel 64 Processor States Following
 * Power-up, Reset, or INIT") and "Typical AP Initialization Sequence". */
#include "case.h"
#include "rounds.h"

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

CASE(init_sipi, KERNEL32 | KERNEL64, .cpus = 2)
{
	init_rounds(100, spoil, "halted");
}
