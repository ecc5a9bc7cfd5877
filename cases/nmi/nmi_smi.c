/* SPDX-License-Identifier: BSD-2-Clause */
/* An NMI that the CPU sends itself after an SMI, which an OUT raises: SMM blocks NMIs, and RSM,
 * which ends it, has them come again. Where the chipset raises no SMI, the same.
 *
 * SDM Vol. 3, "NMI Handling While in SMM"; Intel I/O Controller Hub 9 Datasheet, "APM_CNT--Advanced
 * Power Management Control Port Register". */
#include "case.h"
#include "cpu/smp.h"

static volatile u32 nmis;

BODY(nmi_smi, R"(
	out	%al, $0xb2
	nop
)");

static bool count_nmis(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR_NMI)
		return false;
	nmis++;
	return true;
}

CASE(nmi_smi, KERNEL32 | KERNEL64)
{
	nmis = 0;
	traps_set_counter(count_nmis);
	RUN(nmi_smi);
	smp_send_held_nmi(0);
	note("nmis=%u", nmis);
}
