/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a row of instructions of ring 0, and over far transfers in all their forms: one #DB each,
 * at the next one. A hypervisor intercepts most of them. Each register is given back what it has.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, their pages. */
#include "case.h"

BODY_16(tf_every_system, R"(
	.if width == 64
	.set	whole, %rax
	.else
	.set	whole, %eax
	.endif
	mov	$scratch, xSI
	.if width == 16
	movw	$(2f - body_base), 64(xSI)	# far pointers
	mov	%cs, 66(xSI)
	movw	$(3f - body_base), 72(xSI)
	mov	%cs, 74(xSI)
	.else
	movl	$(2f - body_base), 64(xSI)
	mov	%cs, 68(xSI)
	movl	$(3f - body_base), 72(xSI)
	mov	%cs, 76(xSI)
	sgdt	(xSI)
	mov	2(xSI), xBX
	str	%edi
	movb	$0x89, 5(xBX, xDI)		# the TSS not busy
	.endif
	step
each	first, nop
each	cli, cli
each	clts, clts
each	smsw, smsw %ax
each	lmsw, lmsw %ax
each	from_cr0, mov %cr0, whole
each	to_cr0, mov whole, %cr0
each	from_cr2, mov %cr2, whole
each	to_cr2, mov whole, %cr2
each	from_cr3, mov %cr3, whole
each	to_cr3, mov whole, %cr3
each	from_cr4, mov %cr4, whole
each	to_cr4, mov whole, %cr4
	.if width == 64
each	from_cr8, mov %cr8, whole
each	to_cr8, mov whole, %cr8
	.endif
each	from_dr0, mov %dr0, whole
each	to_dr0, mov whole, %dr0
each	from_dr1, mov %dr1, whole
each	to_dr1, mov whole, %dr1
each	from_dr2, mov %dr2, whole
each	to_dr2, mov whole, %dr2
each	from_dr3, mov %dr3, whole
each	to_dr3, mov whole, %dr3
each	from_dr6, mov %dr6, whole
each	to_dr6, mov whole, %dr6
each	from_dr7, mov %dr7, whole
each	to_dr7, mov whole, %dr7
each	invlpg, invlpg (xSI)
each	wbinvd, wbinvd
each	load_msr, mov $0x1b, %ecx		# IA32_APIC_BASE
each	rdmsr, rdmsr
each	wrmsr, wrmsr
	.if width == 64
each	swapgs, swapgs
each	swapgs_back, swapgs
each	sgdt, sgdt (xSI)
each	lgdt, lgdt (xSI)
each	sidt, sidt (xSI)
each	lidt, lidt (xSI)
	.else
each	sgdt, sgdtl (xSI)
each	lgdt, lgdtl (xSI)
each	sidt, sidtl (xSI)
each	lidt, lidtl (xSI)
	.endif
	.if width != 16
each	sldt, sldt %ax
each	lldt, lldt %ax
each	str, str %ax
each	ltr, ltr %ax
	.endif
each	inb_immediate, in $0x84, %al
each	inw_immediate, in $0x84, %ax
each	inl_immediate, in $0x84, %eax
each	outb_immediate, out %al, $0x84
each	outw_immediate, out %ax, $0x84
each	outl_immediate, out %eax, $0x84
each	load_port, mov $0x84, %dx
each	inb, in %dx, %al
each	inw, in %dx, %ax
each	inl, in %dx, %eax
each	outb, out %al, %dx
each	outw, out %ax, %dx
each	outl, out %eax, %dx
	.if width == 64
each	ljmp_memory, ljmpl *64(xSI)
2:
each	lcall_memory, lcalll *72(xSI)
3:
	.else
each	ljmp_memory, ljmp *64(xSI)
2:
each	lcall_memory, lcall *72(xSI)
3:
	.endif
	.if width == 32
each	ljmp, ljmp $KERNEL_CS, $1f
1:
each	lcall, lcall $KERNEL_CS, $1f
1:
	.elseif width == 16
each	ljmp, ljmp $BODY_SEGMENT, $(1f - body_base)
1:
each	lcall, lcall $BODY_SEGMENT, $(1f - body_base)
1:
	.endif
each	from_cs, mov %cs, %eax
each	push_cs, push xAX
each	push, push $(1f - body_base)
	.if width == 64
each	lret, lretq
	.else
each	lret, lret
	.endif
1:
each	push_again, push xAX
each	push_cs_again, push xAX
each	push_offset, push $(1f - body_base)
	.if width == 64
each	lret_pop, lretq $8
	.else
each	lret_pop, lret $(width / 8)
	.endif
1:
each	last, nop
)");

CASE(tf_every_system, KERNEL32 | KERNEL64 | REAL16, .trap_budget = 100)
{
	RUN(tf_every_system);
}
