/* SPDX-License-Identifier: BSD-2-Clause */
/* An NMI to an application processor that has run and waits for a SIPI again starts nothing: only
 * the SIPI does. What becomes of the NMI after that, the manuals leave open.
 *
 * SDM Vol. 3, "Interrupt Command Register (ICR)" (Start-Up), "Typical AP Initialization Sequence";
 * "Checks on Guest Non-Register State" (no event can be injected in the wait-for-SIPI state). */
#include "case.h"
#include "cpu/ivt.h"
#include "cpu/smp.h"
#include "string.h"

#define AP 1
#define PATIENCE 10000 /* of some microseconds each */

/* The NMI handler of real-address mode, the mode that INIT leaves. One that is not wanted stays
 * there; one that comes after the SIPI goes back to the trampoline. */
static const u8 handler[] = {
	0x2e, 0x80, 0x3e, 0x00, 0x10, 0x00, /* cmpb $0, %cs:0x1000 */
	0x75, 0x08,			    /* jne 2f */
	0x2e, 0xff, 0x06, 0x02, 0x10,	    /* incw %cs:0x1002 */
	0xf4,				    /* 1: hlt */
	0xeb, 0xfd,			    /* jmp 1b */
	0xcf,				    /* 2: iret */
};

static volatile struct {
	u16 expected, taken;
} * nmis;

static volatile bool ran;

static void run(void)
{
	ran = true;
}

CASE(nmi_wait_for_sipi, KERNEL32 | KERNEL64, .cpus = 2)
{
	memset(physical(SCRATCH), 0, SCRATCH_SIZE);
	memcpy(physical(SCRATCH), handler, sizeof(handler));
	nmis = physical(SCRATCH + 0x1000);
	ivt_set(VECTOR_NMI, SCRATCH >> 4, 0);
	if (!smp_run(AP, run))
		return;
	ran = false;
	smp_send_init(AP);
	smp_send_held_nmi(AP);
	for (u32 i = 0; i < PATIENCE && !nmis->taken; i++)
		delay(1);
	note("taken=%u", (u32)nmis->taken);
	nmis->expected = 1;
	smp_send_sipi(AP, run);
	if (smp_wait())
		smp_join();
	note("ran=%u", ran);
}
