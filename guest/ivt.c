/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt vector table; see ivt.h. */
#include "ivt.h"

#include "string.h"
#include "x86.h"

static u32 before[IVT_VECTORS];
static bool changed;

void ivt_set(u32 vector, u16 segment, u16 offset)
{
	u32 *table = physical(0);

	if (!changed)
		memcpy(before, table, sizeof(before));
	changed = true;
	table[vector] = (u32)segment << 16 | offset;
}

void ivt_forget(void)
{
	if (changed)
		memcpy(physical(0), before, sizeof(before));
	changed = false;
}
