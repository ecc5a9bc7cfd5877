/* SPDX-License-Identifier: BSD-2-Clause */
/* An OUT to the port by which firmware is called in system-management mode: one instruction, after
 * which the program goes on with its registers, whatever the firmware did meanwhile. The SMI comes
 * as soon in a body, which a debugger may step, as in the kernel, which it does not. Where the
 * chipset raises none, or has no such port, both count none.
 *
 * SDM Vol. 3, "System Management Mode Overview", "Returning from SMM"; Vol. 4, MSR_SMI_COUNT; Intel
 * I/O Controller Hub 9 Datasheet, "APM_CNT--Advanced Power Management Control Port Register". */
#include "case.h"

#define MSR_SMI_COUNT 0x34
#define APM_CNT 0xb2
#define NOTHING 0 /* a command that asks the firmware for nothing */

BODY(stepi_smi, R"(
	mov	$0x34, %ecx
	rdmsr
	mov	%eax, %ebx
	mov	$0, %eax
mark	out
	out	%al, $0xb2
mark	after
	rdmsr
mark	second
	lea	1(xSI), xSI
mark	last
	nop
)");

/* A CPU that does not count its SMIs refuses RDMSR, and EAX stays 0. */
static bool pass_over(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR_GP)
		return false;
	frame->ip += 2;
	return true;
}

static u32 smi_count(void)
{
	u32 low = 0, high = 0;

	asm volatile("rdmsr" : "+a"(low), "+d"(high) : "c"(MSR_SMI_COUNT) : "memory");
	return low;
}

static u32 smis_of_an_out(void)
{
	u32 before = smi_count();

	outb(APM_CNT, NOTHING);
	return smi_count() - before;
}

CASE(stepi_smi, KERNEL32 | KERNEL64)
{
	struct registers left;
	u32 smis;

	traps_set_counter(pass_over);
	smis = smis_of_an_out();
	left = RUN(stepi_smi);
	note("si=%u smi=%s", (u32)left.si,
	     (u32)left.ax - (u32)left.bx == smis ? "in_time" : "late");
}
