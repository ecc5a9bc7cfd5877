/* SPDX-License-Identifier: BSD-2-Clause */
/* How the guest ends; see leave.h. */
#include "board/leave.h"

#include "board/console.h"
#include "board/screen.h"
#include "cpu/x86.h"

#define QEMU_DEBUG_EXIT 0xf4
#define BOCHS_SHUTDOWN 0x8900

void leave(enum leave_value value)
{
	console_drain();
	screen_end(value == LEAVE_DONE);
	outb(QEMU_DEBUG_EXIT, value); /* QEMU 9 and later return, and leave a little later */
	for (const char *magic = "Shutdown"; *magic; magic++)
		outb(BOCHS_SHUTDOWN, (u8)*magic);
	for (;;)
		asm volatile("cli\n\t"
			     "hlt");
}
