/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes: where a case's instructions run. */
#ifndef GUEST_MODE_H
#define GUEST_MODE_H

/* One mode, or a set of them where a case lists its own. */
enum mode {
	KERNEL32 = 1 << 0, /* ring 0, 32-bit image */
	KERNEL64 = 1 << 1, /* ring 0, 64-bit image */
	USER32 = 1 << 2,   /* ring 3, 32-bit image */
	USER64 = 1 << 3,   /* ring 3, 64-bit code */
	COMPAT32 = 1 << 4, /* ring 3, compatibility mode: 32-bit code below the 64-bit kernel */
	VM86 = 1 << 5,	   /* virtual-8086 mode with IOPL 3, below the 32-bit kernel */
	REAL16 = 1 << 6,   /* real-address mode, from the 32-bit image */
};

#define LAST_MODE REAL16

#define PROTECTED_MODES (KERNEL32 | KERNEL64 | USER32 | USER64 | COMPAT32)

/* These need a BODY_16. */
#define SEGMENT_MODES (VM86 | REAL16)

#ifdef __x86_64__
#define KERNEL_MODE KERNEL64
#define IMAGE_MODES (KERNEL64 | USER64 | COMPAT32)
#else
#define KERNEL_MODE KERNEL32
#define IMAGE_MODES (KERNEL32 | USER32 | VM86 | REAL16)
#endif

const char *mode_name(enum mode mode);

#endif
