/* SPDX-License-Identifier: BSD-2-Clause */
/* The GDT that all CPUs share, and a task-state segment for each. */
#ifndef GUEST_CPU_SEGMENTS_H
#define GUEST_CPU_SEGMENTS_H

#include "constants.h"
#include "types.h"

#define MAX_CPUS 8
#define BOOT_CPU 0

#ifdef __x86_64__
#define USER_CS USER_CS64
#else
#define USER_CS USER_CS32
#endif

/* Loads the GDT, the segment registers and TR of the CPU with this number; traps from ring 3 will
 * come in on STACK_TOP. */
void segments_load(u32 cpu, void *stack_top);

/* Loads TR again on the CPU that asks: VM exit gives it a limit that is not that of its TSS. */
void segments_reload_task(void);

/* The number of the CPU that asks, from its TR. */
u32 this_cpu(void);

/* Lets ring 3 and virtual-8086 mode use this port on the CPU that asks, whatever IOPL is, until the
 * end of the case. */
void segments_allow_port(u8 port);

/* Lets INT n with this vector go to the 8086 program's own handler, where CR4.VME is set, on the
 * CPU that asks, until the end of the case. */
void segments_redirect(u8 vector);

/* Puts a descriptor in the place of SPARE (constants.h), which is null, until the end of the case.
 */
void segments_set_spare(u64 descriptor);

/* The same with a call gate that every ring may use, to ENTRY in the kernel's code segment. */
void segments_set_call_gate(word entry);

#ifdef __x86_64__
/* Sets an entry, 1 to 7, of the interrupt stack table of the CPU that asks, until the end of the
 * case. */
void segments_set_interrupt_stack(u32 number, const u8 *stack_top);
#endif

#ifdef __x86_64__
/* Where SYSCALL leads, with SYSRET to lead back to ring 3, and the flags that it clears, until the
 * end of the case. */
void segments_aim_syscall(const char *entry, u64 mask);
#else
/* Where SYSENTER leads, with SYSEXIT to lead back to ring 3, until the end of the case. */
void segments_aim_sysenter(const char *entry, const u8 *stack_top);
#endif

/* What a log calls a code segment: "kernel", "user", "user32" below a 64-bit kernel; NULL for a
 * selector that is none of ours. */
const char *code_segment_name(u16 selector);

#endif
