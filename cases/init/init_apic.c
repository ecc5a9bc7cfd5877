/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT resets the local APIC but for its ID: the task priority, the spurious vector with the
 * software enable, the logical destination, the local vector table.
 *
 * SDM Vol. 3, "Local APIC State After an INIT Reset (Wait-for-SIPI State)". */
#include "case.h"
#include "cpu/apic.h"
#include "cpu/smp.h"

#define AP 1
#define MASKED_FIXED(vector) (1u << 16 | (vector))

static void change(void)
{
	apic_init();
	apic_write(APIC_TPR, 0x20);
	apic_write(APIC_LDR, 0x04000000);
	apic_write(APIC_DFR, 0x0fffffff);
	apic_write(APIC_LVT_TIMER, MASKED_FIXED(0x31));
	apic_write(APIC_LVT_LINT0, MASKED_FIXED(0x32));
	apic_write(APIC_LVT_LINT1, MASKED_FIXED(0x33));
	apic_write(APIC_LVT_ERROR, MASKED_FIXED(0x34));
}

static void tell(void)
{
	note("tpr=%x svr=%x", (word)apic_read(APIC_TPR), (word)apic_read(APIC_SVR));
	note("ldr=%x dfr=%x", (word)apic_read(APIC_LDR), (word)apic_read(APIC_DFR));
	note("timer=%x lint0=%x", (word)apic_read(APIC_LVT_TIMER), (word)apic_read(APIC_LVT_LINT0));
	note("lint1=%x error=%x", (word)apic_read(APIC_LVT_LINT1), (word)apic_read(APIC_LVT_ERROR));
}

CASE(init_apic, KERNEL32 | KERNEL64, .cpus = 2)
{
	if (smp_run(AP, change))
		smp_run(AP, tell);
}
