/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT level de-assert, which goes to all processors, is no INIT: one that runs goes on, and so
 * does the sender; one that waits for a SIPI goes on waiting, and starts by the SIPI.
 *
 * SDM Vol. 3, "Interrupt Command Register (ICR)" (INIT Level De-assert). */
#include "case.h"
#include "cpu/apic.h"
#include "cpu/smp.h"

#define AP 1
#define SETTLED 1000
#define A_WHILE 20000
#define PATIENCE 20000000 /* the host may have no time for the AP's thread */

static volatile u32 starts, beats;

static void beat(void)
{
	starts++;
	for (;;) {
		beats++;
		pause();
	}
}

/* Whether the AP goes round its loop some times more. */
static void tell(const char *when, u32 patience)
{
	u32 until = beats + SETTLED;

	for (u32 i = 0; i < patience && beats < until; i++) {
		delay(1);
		pause();
	}
	note("after=%s starts=%u running=%s", when, starts, beats >= until ? "yes" : "no");
}

CASE(init_deassert, KERNEL32 | KERNEL64, .cpus = 2)
{
	starts = 0;
	beats = 0;
	if (!smp_start(AP, beat))
		return;
	tell("start", PATIENCE);
	apic_send_init_deassert();
	tell("deassert", PATIENCE);
	smp_send_init(AP);
	apic_send_init_deassert();
	tell("init_deassert", A_WHILE);
	smp_send_sipi(AP, beat);
	smp_wait();
	tell("sipi", PATIENCE);
}
