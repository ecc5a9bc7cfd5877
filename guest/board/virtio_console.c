/* SPDX-License-Identifier: BSD-2-Clause */
/* The transmitter of a virtio console over MMIO, by its legacy interface, which QEMU's microvm has.
 * It is polled: a line is one buffer and one notification, whatever its length.
 *
 * Virtual I/O Device (VIRTIO) 1.1, 2.6 "Split Virtqueues", 4.2.4 "Legacy interface" of "Virtio Over
 * MMIO", 5.3 "Console Device".
 */
#include "board/virtio_console.h"

#include "cpu/paging.h"
#include "cpu/x86.h"

#define MAGIC 0x74726976 /* "virt" */
#define LEGACY 1
#define CONSOLE 3

enum mmio_register {
	MAGIC_VALUE = 0x000,
	VERSION = 0x004,
	DEVICE_ID = 0x008,
	GUEST_FEATURES = 0x020,
	GUEST_PAGE_SIZE = 0x028,
	QUEUE_SEL = 0x030,
	QUEUE_NUM_MAX = 0x034,
	QUEUE_NUM = 0x038,
	QUEUE_ALIGN = 0x03c,
	QUEUE_PFN = 0x040,
	QUEUE_NOTIFY = 0x050,
	STATUS = 0x070,
};

#define ACKNOWLEDGE 1
#define DRIVER 2
#define DRIVER_OK 4

#define TRANSMITQ 1 /* of port 0 */
#define NO_INTERRUPT 1

#define USED_ALIGNMENT 64

/* One descriptor is enough for a driver that waits until it has been used. The device finds the
 * rings by the rule of the legacy interface: the used ring begins on the next QUEUE_ALIGN boundary.
 */
static struct {
	struct descriptor {
		u64 address;
		u32 length;
		u16 flags;
		u16 next;
	} descriptor;
	struct {
		u16 flags;
		u16 index;
		u16 ring[1];
	} available;
	struct {
		u16 flags;
		volatile u16 index;
		struct {
			u32 id;
			u32 length;
		} ring[1];
	} used __attribute__((aligned(USED_ALIGNMENT)));
} queue __attribute__((aligned(PAGE_SIZE)));

static u32 base;
static volatile u32 looks;

static volatile u32 *at(enum mmio_register offset)
{
	return physical(base + offset);
}

/* Whether there may be registers: on one page, and that is mapped. */
static bool may_have_registers(u32 address)
{
	const u32 largest_page = 4u << 20;

	return !(address % sizeof(u32)) && address % PAGE_SIZE + STATUS < PAGE_SIZE &&
	       address / largest_page != UNMAPPED / largest_page;
}

bool virtio_console_init(u32 address)
{
	if (!may_have_registers(address))
		return false;
	base = address;
	if (*at(MAGIC_VALUE) != MAGIC || *at(VERSION) != LEGACY || *at(DEVICE_ID) != CONSOLE)
		return false;
	*at(STATUS) = 0;
	*at(STATUS) = ACKNOWLEDGE;
	*at(STATUS) = ACKNOWLEDGE | DRIVER;
	*at(GUEST_FEATURES) = 0;
	*at(GUEST_PAGE_SIZE) = PAGE_SIZE;
	*at(QUEUE_SEL) = TRANSMITQ;
	if (!*at(QUEUE_NUM_MAX))
		return false;
	queue.available.flags = NO_INTERRUPT;
	*at(QUEUE_NUM) = 1;
	*at(QUEUE_ALIGN) = USED_ALIGNMENT;
	*at(QUEUE_PFN) = (u32)(word)&queue / PAGE_SIZE;
	*at(STATUS) = ACKNOWLEDGE | DRIVER | DRIVER_OK;
	return true;
}

/* Has the device take what is available, and waits until it has. */
static void finish(void)
{
	asm volatile("movl %1, %0" : "=m"(*at(QUEUE_NOTIFY)) : "r"(TRANSMITQ) : "memory");
	while (queue.used.index != queue.available.index) {
		looks++;
		pause();
	}
}

u32 virtio_console_looks(void)
{
	return looks;
}

/* A trap may come anywhere in here, and write a line itself; and an INIT may end it anywhere. What
 * is available then is finished first, and the descriptor is as it was for whoever goes on. */
void virtio_console_write(const char *text, size_t size)
{
	struct descriptor before;

	if (queue.used.index != queue.available.index)
		finish();
	before = queue.descriptor;
	queue.descriptor.address = (word)text;
	queue.descriptor.length = (u32)size;
	asm volatile("incw %0" : "+m"(queue.available.index) : : "memory", "cc");
	finish();
	queue.descriptor = before;
}
