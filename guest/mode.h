/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes: where a case's instructions run. */
#ifndef GUEST_MODE_H
#define GUEST_MODE_H

/* One mode, or a set of them where a case lists its own. */
enum mode {
	KERNEL32 = 1 << 0,
	KERNEL64 = 1 << 1,
	USER32 = 1 << 2,
	USER64 = 1 << 3,
};

#ifdef __x86_64__
#define KERNEL_MODE KERNEL64
#define IMAGE_MODES (KERNEL64 | USER64)
#else
#define KERNEL_MODE KERNEL32
#define IMAGE_MODES (KERNEL32 | USER32)
#endif

const char *mode_name(enum mode mode);

#endif
