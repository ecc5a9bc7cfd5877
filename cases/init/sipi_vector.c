/* SPDX-License-Identifier: BSD-2-Clause */
/* A SIPI's vector is the page on which a processor starts that waits for it, each time anew. For
 * one that runs already, a SIPI with another vector is nothing.
 *
 * SDM Vol. 3, "Interrupt Command Register (ICR)" (Start-Up); "Typical AP Initialization Sequence".
 */
#include "case.h"
#include "cpu/smp.h"
#include "string.h"

#define AP 1
#define SETTLED 1000
#define OTHER_PAGE (SCRATCH >> 12)
#define PATIENCE 20000000 /* the host may have no time for the AP's thread */

/* What stands there: it counts on the page after its own. */
static const u8 other_code[] = {
	0x2e, 0xff, 0x06, 0x00, 0x10, /* incw %cs:0x1000 */
	0xf4,			      /* 1: hlt */
	0xeb, 0xfd,		      /* jmp 1b */
};

static volatile u32 starts, beats;
static volatile u16 *other_starts;

static void beat(void)
{
	starts++;
	for (;;) {
		beats++;
		pause();
	}
}

static void tell(const char *sent)
{
	note("sent=%s starts=%u other_starts=%u", sent, starts, (u32)*other_starts);
}

/* Waits until the AP has gone round its loop some times more. */
static void wait_for_beats(void)
{
	u32 until = beats + SETTLED;

	for (u32 i = 0; i < PATIENCE && beats < until; i++) {
		delay(1);
		pause();
	}
}

static void wait_for_other_start(void)
{
	for (u32 i = 0; i < PATIENCE && !*other_starts; i++) {
		delay(1);
		pause();
	}
}

CASE(sipi_vector, KERNEL32 | KERNEL64, .cpus = 2)
{
	starts = 0;
	beats = 0;
	memset(physical(SCRATCH), 0, SCRATCH_SIZE);
	memcpy(physical(SCRATCH), other_code, sizeof(other_code));
	other_starts = physical(SCRATCH + 0x1000);
	if (!smp_start(AP, beat))
		return;
	wait_for_beats();
	tell("waiting");
	smp_send_sipi_to_page(AP, OTHER_PAGE);
	wait_for_beats();
	tell("running_other");
	smp_send_init(AP);
	smp_send_sipi_to_page(AP, OTHER_PAGE);
	wait_for_other_start();
	tell("waiting_other");
	if (!smp_start(AP, beat))
		return;
	wait_for_beats();
	tell("waiting");
}
