/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC; see apic.h. */
#include "cpu/apic.h"

#include "cpu/x86.h"

#define APIC_BASE_ADDRESS 0xfffff000u

#define PIC_MASTER_DATA 0x21
#define PIC_SLAVE_DATA 0xa1

#define SVR_ENABLE 0x100
#define SPURIOUS_VECTOR 0xff

#define ICR_INIT 0x4500		  /* delivery mode INIT, assert, edge */
#define ICR_INIT_DEASSERT 0x88500 /* the same, de-assert, level; all including self */
#define ICR_SIPI 0x4600
#define ICR_NMI 0x4400
#define ICR_FIXED 0x4000
#define ICR_PENDING (1u << 12)
#define PATIENCE 100000

static bool x2apic(void)
{
	return read_msr(MSR_APIC_BASE) & APIC_BASE_X2APIC;
}

static volatile u32 *memory(enum apic_register offset)
{
	return (u32 *)(word)(((u32)read_msr(MSR_APIC_BASE) & APIC_BASE_ADDRESS) + offset);
}

/* In x2APIC mode a register's MSR is its offset / 16. */
static u32 msr(enum apic_register offset)
{
	return MSR_X2APIC + offset / 16;
}

u32 apic_read(enum apic_register offset)
{
	return x2apic() ? (u32)read_msr(msr(offset)) : *memory(offset);
}

void apic_write(enum apic_register offset, u32 value)
{
	if (x2apic())
		write_msr(msr(offset), value);
	else
		*memory(offset) = value;
}

void apic_mask_8259(void)
{
	outb(PIC_MASTER_DATA, 0xff);
	outb(PIC_SLAVE_DATA, 0xff);
}

void apic_init(void)
{
	apic_write(APIC_SVR, SVR_ENABLE | SPURIOUS_VECTOR);
}

u32 apic_id(void)
{
	return x2apic() ? apic_read(APIC_ID) : apic_read(APIC_ID) >> 24;
}

static void send(u32 id, u32 command)
{
	if (x2apic()) {
		write_msr(msr(APIC_ICR), (u64)id << 32 | command);
		return;
	}
	*memory(APIC_ICR_HIGH) = id << 24;
	*memory(APIC_ICR) = command;
	for (int i = 0; i < PATIENCE && (*memory(APIC_ICR) & ICR_PENDING); i++)
		pause();
}

void apic_send_init(u32 id)
{
	send(id, ICR_INIT);
}

void apic_send_init_deassert(void)
{
	send(0, ICR_INIT_DEASSERT);
}

void apic_send_sipi(u32 id, u8 page)
{
	send(id, ICR_SIPI | page);
}

void apic_send_nmi(u32 id)
{
	send(id, ICR_NMI);
}

void apic_send_fixed(u32 id, u8 vector)
{
	send(id, ICR_FIXED | vector);
}

void apic_end_interrupt(u8 vector)
{
	if (apic_read(APIC_ISR + vector / 32 * 16) >> vector % 32 & 1)
		apic_write(APIC_EOI, 0);
}

bool apic_interrupt_waits(void)
{
	u32 requests = 0;

	for (u32 word = 0; word < 8; word++)
		requests |= apic_read(APIC_IRR + word * 16);
	return requests;
}
