/* SPDX-License-Identifier: BSD-2-Clause */
/* IA32_DEBUGCTL: what it makes of TF, and what it records and reports beside. */
#ifndef GUEST_DEBUGCTL_H
#define GUEST_DEBUGCTL_H

#include "types.h"

/* SDM Vol. 3, "IA32_DEBUGCTL MSR"; APM Vol. 2, "Debug-Control MSR (DebugCtl)" */
#define DEBUGCTL_LBR (1u << 0)
#define DEBUGCTL_BTF (1u << 1)
#define DEBUGCTL_BUS_LOCK_DETECT (1u << 2)
#define DEBUGCTL_RTM (1u << 15)

/* Sets these bits, and no others, until the end of the case. False where the CPU does not take or
 * does not keep them. */
bool debugctl_set(u32 bits);

/* What it has; only after debugctl_set() has succeeded. */
u32 debugctl(void);

#endif
