/* SPDX-License-Identifier: BSD-2-Clause */
/* What the boot loader hands over, by multiboot 1 or 2, or by PVH. */
#ifndef GUEST_BOARD_BOOTLOADER_H
#define GUEST_BOARD_BOOTLOADER_H

#include "types.h"

/* Reads what is there at INFORMATION, before anything else may write over it. */
void bootloader_read(u32 magic, u32 information);

/* The command line, empty if there is none; it may be written over by cases. */
const char *bootloader_command_line(void);

/* ACPI's root system description pointer, a copy; NULL where the firmware's own memory is to be
 * searched for it. */
const void *bootloader_rsdp(void);

#endif
