/* SPDX-License-Identifier: BSD-2-Clause */
/* The handlers that leave DR6's sticky bits set; see sticky.h. */
#include "sticky.h"

#include "case.h"

static const word left[] = {DR6_BS, DR6_BD, DR6_BT};
static u32 hits;

static bool leave_set(struct trap_frame *frame)
{
	(void)frame;
	if (hits < ARRAY_SIZE(left))
		write_dr6(DR6_INIT | left[hits++]);
	return false;
}

void leave_sticky_bits(void)
{
	hits = 0;
	traps_set_hook(leave_set);
}
