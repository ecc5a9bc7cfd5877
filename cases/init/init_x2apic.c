/* SPDX-License-Identifier: BSD-2-Clause */
/* INIT to an application processor whose local APIC is in x2APIC mode: the mode and the 32-bit ID
 * stay, the other registers are reset. The way back leads through the disabled state.
 *
 * SDM Vol. 3, "x2APIC States", "x2APIC Transitions From x2APIC Mode"; "Local APIC State After
 * Power-Up or Reset". */
#include "case.h"
#include "cpu/apic.h"
#include "cpu/features.h"
#include "cpu/smp.h"

#define AP 1

static u32 id;

static void enter(void)
{
	u32 before = apic_id();

	write_msr(MSR_APIC_BASE, read_msr(MSR_APIC_BASE) | APIC_BASE_X2APIC);
	id = apic_id();
	note("x2apic=%u same_id=%u", !!(read_msr(MSR_APIC_BASE) & APIC_BASE_X2APIC), id == before);
	apic_init();
	apic_write(APIC_TPR, 0x20);
	apic_write(APIC_LVT_ERROR, 0x10034);
}

static void leave(void)
{
	u64 base = read_msr(MSR_APIC_BASE);

	write_msr(MSR_APIC_BASE, base & ~(u64)(APIC_BASE_X2APIC | APIC_BASE_ENABLE));
	write_msr(MSR_APIC_BASE, base & ~(u64)APIC_BASE_X2APIC);
}

static void tell(void)
{
	u64 base = read_msr(MSR_APIC_BASE);

	note("after=init x2apic=%u enabled=%u", !!(base & APIC_BASE_X2APIC),
	     !!(base & APIC_BASE_ENABLE));
	if (!(base & APIC_BASE_X2APIC))
		return;
	note("same_id=%u tpr=%x", apic_id() == id, (word)apic_read(APIC_TPR));
	note("svr=%x error=%x", (word)apic_read(APIC_SVR), (word)apic_read(APIC_LVT_ERROR));
	leave();
}

static const struct feature features[] = {{"x2apic", 1, FEATURE_ECX, 21}};

CASE(init_x2apic, KERNEL32 | KERNEL64, .cpus = 2)
{
	if (HAS_FEATURES(features) && smp_run(AP, enter))
		smp_run(AP, tell);
}
