/* SPDX-License-Identifier: BSD-2-Clause */
/* IA32_DEBUGCTL; see debugctl.h. */
#include "debugctl.h"

#include "leftover.h"
#include "msr.h"

#define MSR_DEBUGCTL 0x000001d9

static bool changed;

bool debugctl_set(u32 bits)
{
	u64 value;

	if (!try_write_msr(MSR_DEBUGCTL, bits))
		return false;
	changed = true;
	return try_read_msr(MSR_DEBUGCTL, &value) && value == bits;
}

u32 debugctl(void)
{
	return (u32)read_msr(MSR_DEBUGCTL);
}

static void put_back(void)
{
	if (changed)
		write_msr(MSR_DEBUGCTL, 0);
	changed = false;
}
LEFTOVER(registers, put_back);
