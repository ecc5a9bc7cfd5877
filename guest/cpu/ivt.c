/* SPDX-License-Identifier: BSD-2-Clause */
/* The interrupt vector table; see ivt.h. */
#include "cpu/ivt.h"

#include "cpu/x86.h"
#include "leftover.h"
#include "string.h"

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

static void put_back(void)
{
	if (changed)
		memcpy(physical(0), before, sizeof(before));
	changed = false;
}
LEFTOVER(tables, put_back);
