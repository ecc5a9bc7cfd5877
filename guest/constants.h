/* SPDX-License-Identifier: BSD-2-Clause */
/* What C shares with nasm, with bodies, with gdb's command files and with the harness, one name and
 * one number a line: the Makefile gives them to the assemblers, and to the linker as symbols of the
 * image. */
#ifndef GUEST_CONSTANTS_H
#define GUEST_CONSTANTS_H

/* Memory that bodies of all widths reach, at this linear address: what a case watches. It spans two
 * pages. */
#define SCRATCH 0x18000
#define SCRATCH_SIZE 0x2000

/* The large page at this address stays unmapped, for cases that want a page fault. Below 4 GiB,
 * memory ends here at the latest, and none of the devices in use is there. */
#define UNMAPPED 0xe0000000

/* 16-bit code runs with all segments here, stack included: BODY_SEGMENT:0 on. */
#define BODY_SEGMENT 0x1000

/* Where the stubs run that the vector table points to in real mode: REAL_STUBS_SEGMENT:0 on. What
 * translates code does so again after each write to its page, so theirs is not that of the bodies.
 */
#define REAL_STUBS_SEGMENT 0x2000

/* Where a CPU starts that is woken by SIPI, whose vector is a page number. */
#define TRAMPOLINE 0x8000

/* The GDT, in the order that SYSENTER, SYSEXIT, SYSCALL and SYSRET expect (SDM Vol. 2, their
 * pages). */
#define KERNEL_CS 0x08 /* 32-bit or 64-bit, as the image is */
#define KERNEL_DS 0x10
#define USER_CS32 0x1b
#define USER_DS 0x23
#define USER_CS64 0x2b
#define REAL_CS 0x38 /* on the way to real mode: see cpu/real.asm */
#define REAL_DS 0x40
#define FIRST_TSS 0x48
#define SPARE 0xcb /* after the last TSS of either image, with RPL 3: for a case to describe */

/* SDM Vol. 3, "Control Registers" and "Extended Feature Enable Register"; APM Vol. 2 for SVME. */
#define CR0_PE 0x1
#define CR0_ET 0x10
#define CR0_WP 0x10000
#define CR0_PG 0x80000000
#define CR4_PSE 0x10
#define CR4_PAE 0x20
#define MSR_EFER 0xc0000080
#define EFER_SCE 0x1
#define EFER_LME 0x100
#define EFER_SVME 0x1000

#endif
