/* SPDX-License-Identifier: BSD-2-Clause */
/* Virtual-8086 mode extensions and protected-mode virtual interrupts (SDM Vol. 3, "8086
 * Emulation"). */
#ifndef VME_VME_H
#define VME_VME_H

#include "cpu/x86.h"
#include "types.h"

/* Sets CR4_VME or CR4_PVI until the end of the case. False, with the line that says so, if the CPU
 * has neither: then the case is to return. */
bool vme_enable(word cr4);

/* Sends INT n with this vector to the 16-bit code at HANDLER, a linear address in the body, where
 * the redirection bit map counts, until the end of the case. */
void vme_redirect(u8 vector, word handler);

/* The flags with which the body goes on from the INT3 in front of the mark; FLAGS_VM and the fixed
 * bit stay as they are. */
struct vme_flags {
	const char *mark;
	word flags;
};

/* Sets the hook until the end of the case: it looks each INT3 up in the list, and notes at each
 * trap in virtual-8086 mode the image of FLAGS at the bottom of the body's stack, if that is not
 * empty. */
void vme_set_flags(const struct vme_flags *list, size_t count);

#endif
