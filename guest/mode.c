/* SPDX-License-Identifier: BSD-2-Clause */
/* The modes' names; see mode.h. */
#include "mode.h"

#include "types.h"

const char *mode_name(enum mode mode)
{
	switch (mode) {
	case KERNEL32:
		return "kernel32";
	case KERNEL64:
		return "kernel64";
	case USER32:
		return "user32";
	case USER64:
		return "user64";
	case COMPAT32:
		return "compat32";
	case VM86:
		return "vm86";
	case REAL16:
		return "real16";
	}
	return NULL;
}
