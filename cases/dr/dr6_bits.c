/* SPDX-License-Identifier: BSD-2-Clause */
/* DR6's fixed bits: 4 to 11 and 16 to 31 are read as 1, 12 as 0, whatever is written. Bit 11 (a
 * lock on the bus was detected) and bit 16 (RTM) are fixed on CPUs that do not have that; the
 * others are not asked.
 *
 * SDM Vol. 3, "Debug Status Register (DR6)". */
#include "case.h"

/* Bits that the CPU may have made into something (CPUID.07H: ECX[24] bus-lock detection, EBX[11]
 * RTM). */
static word optional_bits(void)
{
	struct cpuid features = {0};

	if (cpuid(0).eax >= 7)
		features = cpuid(7);
	return (features.ecx >> 24 & 1) << 11 | (features.ebx >> 11 & 1) << 16;
}

CASE(dr6_bits, KERNEL32 | KERNEL64)
{
	write_dr6(0);
	note("zeros=%x", read_dr6() | optional_bits());
	write_dr6(0xffffffff);
	note("ones=%x", read_dr6() | optional_bits());
}
