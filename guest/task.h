/* SPDX-License-Identifier: BSD-2-Clause */
/* A second task, for cases that switch tasks by hardware: not in the 64-bit image, for long mode
 * has no tasks. */
#ifndef GUEST_TASK_H
#define GUEST_TASK_H

#include "types.h"

/* The operand of an indirect far jump. */
struct far_pointer {
	u32 offset;
	u16 selector;
} __attribute__((packed));

/* Makes a task that starts at IP in ring 0 with these flags and a stack of its own, and fills in
 * where to jump for it and for the way back. OWN_T is the T flag of the task that calls. Needs
 * memory mapped as it is here; the switch sets CR0.TS. */
void task_prepare(word ip, word flags, bool own_t, struct far_pointer *to_task,
		  struct far_pointer *back);

/* Sends VECTOR through a task gate with this DPL to a second task whose handler is trap(), with the
 * frame filled in from the task that was left, and what it changes of IP and FLAGS put back there;
 * an IRET leads back. */
void task_handle(u32 vector, u32 dpl);

#endif
