/* SPDX-License-Identifier: BSD-2-Clause */
/* A virtio console to write to. */
#ifndef GUEST_BOARD_VIRTIO_CONSOLE_H
#define GUEST_BOARD_VIRTIO_CONSOLE_H

#include "types.h"

/* Whether there is one at this address of virtio over MMIO; it is ready then. */
bool virtio_console_init(u32 address);

/* Writes SIZE characters as they are, and returns when the device has taken them all. */
void virtio_console_write(const char *text, size_t size);

/* Another number each time that a CPU has looked whether the device has done so. */
u32 virtio_console_looks(void);

#endif
