/* SPDX-License-Identifier: BSD-2-Clause */
/* A 16550 UART at 3f8h, 115200 baud, 8N1, its FIFO filled 16 characters at a time: each look at the
 * line status is a VM exit under a hypervisor (PC16550D data sheet, "FIFO Polled Mode Operation").
 *
 * Where the command line names a virtio console, and it is there, all go to that.
 */
#include "board/console.h"

#include "board/screen.h"
#include "board/virtio_console.h"
#include "cpu/x86.h"

#define COM1 0x3f8

enum uart_register { THR, IER, FCR, LCR, MCR, LSR, DLL = THR, DLM = IER };

#define FCR_ENABLE_AND_CLEAR 0x07
#define LCR_8N1 0x03
#define LCR_DLAB 0x80
#define MCR_DTR_RTS 0x03
#define LSR_THRE 0x20
#define LSR_TEMT 0x40
#define FIFO_SIZE 16

static volatile u32 looks;

/* However long it takes: whoever reads the other end may be slow, and what is not waited for is
 * lost. A UART that is not there reads as all ones. */
static void wait_for(u8 status)
{
	do
		looks++;
	while (!(inb(COM1 + LSR) & status));
}

void console_init(void)
{
	outb(COM1 + IER, 0);
	outb(COM1 + LCR, LCR_DLAB);
	outb(COM1 + DLL, 1);
	outb(COM1 + DLM, 0);
	outb(COM1 + LCR, LCR_8N1);
	outb(COM1 + FCR, FCR_ENABLE_AND_CLEAR);
	outb(COM1 + MCR, MCR_DTR_RTS);
}

static bool virtio;

void console_use_virtio(u32 address)
{
	virtio = virtio_console_init(address);
}

static void write_to_uart(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (i % FIFO_SIZE == 0)
			wait_for(LSR_THRE);
		outb(COM1 + THR, (u8)text[i]);
	}
}

void console_write(const char *text, size_t size)
{
	if (virtio)
		virtio_console_write(text, size);
	else
		write_to_uart(text, size);
	screen_write(text, size);
}

u32 console_looks(void)
{
	return looks + virtio_console_looks();
}

void console_drain(void)
{
	if (!virtio)
		wait_for(LSR_TEMT);
}
