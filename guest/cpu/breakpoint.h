/* SPDX-License-Identifier: BSD-2-Clause */
/* The four breakpoints of the debug registers. */
#ifndef GUEST_CPU_BREAKPOINT_H
#define GUEST_CPU_BREAKPOINT_H

#include "cpu/x86.h"
#include "types.h"

/* SDM Vol. 3, "Debug Control Register (DR7)" */
enum breakpoint { BREAK_EXECUTE, BREAK_WRITE, BREAK_IO, BREAK_ACCESS }; /* the R/W field */

#define DR7_L(number) (1ul << (2 * (number)))
#define DR7_G(number) (2ul << (2 * (number)))
#define DR7_RTM (1ul << 11)
#define DR7_GD (1ul << 13)

#define DR6_BD (1ul << 13)
#define DR6_BS (1ul << 14)
#define DR6_BT (1ul << 15)

#define CR4_DE (1ul << 3)

/* The R/W and LEN fields of one breakpoint of SIZE bytes, enabled by nothing yet. */
static inline word breakpoint_fields(u32 number, enum breakpoint type, u32 size)
{
	u32 length = size == 8 ? 2 : size - 1;

	return (word)(length << 2 | type) << (16 + 4 * number);
}

static inline void breakpoint_set_address(u32 number, word address)
{
	switch (number) {
	case 0:
		write_dr0(address);
		break;
	case 1:
		write_dr1(address);
		break;
	case 2:
		write_dr2(address);
		break;
	default:
		write_dr3(address);
	}
}

/* Arms a breakpoint that was not, on SIZE bytes from the linear address ADDRESS on (1 for
 * BREAK_EXECUTE), with its local enable. The fence disarms all of them at the end of the case. */
static inline void breakpoint_set(u32 number, word address, enum breakpoint type, u32 size)
{
	breakpoint_set_address(number, address);
	write_dr7(read_dr7() | DR7_L(number) | breakpoint_fields(number, type, size));
}

static inline void breakpoints_clear(void)
{
	write_dr7(DR7_INIT);
}

#endif
