/* SPDX-License-Identifier: BSD-2-Clause */
/* The local APIC; see apic.h. */
#include "apic.h"

#include "x86.h"

/* SDM Vol. 3, "Local APIC Register Address Map"; in x2APIC mode a register's MSR is its offset
 * / 16. */
enum apic_register { APIC_ID = 0x020, APIC_SVR = 0x0f0, APIC_ICR = 0x300, APIC_ICR_HIGH = 0x310 };

#define APIC_BASE_X2APIC (1u << 10)
#define APIC_BASE_ADDRESS 0xfffff000u

#define SVR_ENABLE 0x100
#define SPURIOUS_VECTOR 0xff

#define ICR_INIT 0x4500 /* delivery mode INIT, assert, edge */
#define ICR_SIPI 0x4600
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

static u32 msr(enum apic_register offset)
{
	return MSR_X2APIC + offset / 16;
}

void apic_init(void)
{
	if (x2apic())
		write_msr(msr(APIC_SVR), SVR_ENABLE | SPURIOUS_VECTOR);
	else
		*memory(APIC_SVR) = SVR_ENABLE | SPURIOUS_VECTOR;
}

u32 apic_id(void)
{
	return x2apic() ? (u32)read_msr(msr(APIC_ID)) : *memory(APIC_ID) >> 24;
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

void apic_send_sipi(u32 id, u8 page)
{
	send(id, ICR_SIPI | page);
}
