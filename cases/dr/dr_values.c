/* SPDX-License-Identifier: BSD-2-Clause */
/* DR0 to DR3 hold whatever is written to them: in 64-bit code all 64 bits, with no check that the
 * address is canonical.
 *
 * SDM Vol. 3, "Debug Address Registers (DR0-DR3)" and "Debug Registers and Intel 64 Processors". */
#include "case.h"

CASE(dr_values, KERNEL32 | KERNEL64)
{
	word value = sizeof(word) == 8 ? (word)0x8123456789abcde0ull : 0x89abcde0;

	write_dr0(value);
	write_dr1(value + 1);
	write_dr2(value + 2);
	write_dr3(~value);
	note("dr0=%x dr1=%x dr2=%x dr3=%x", read_dr0(), read_dr1(), read_dr2(), read_dr3());
}
