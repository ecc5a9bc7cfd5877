/* SPDX-License-Identifier: BSD-2-Clause */
/* What a trap leaves on the stack. */
#ifndef GUEST_FRAME_H
#define GUEST_FRAME_H

#include "cpu/x86.h"
#include "types.h"

/* What boot/traps.asm and the CPU push (SDM Vol. 3, "Stack Usage on Transfers to Interrupt and
 * Exception-Handling Routines" and "64-Bit Mode Stack Frame"). */
struct trap_frame {
#ifdef __x86_64__
	word r15, r14, r13, r12, r11, r10, r9, r8;
	word di, si, bp, bx, dx, cx, ax;
#else
	word gs, fs, es, ds;
	word di, si, bp, handler_sp, bx, dx, cx, ax;
#endif
	word vector;
	word error; /* 0 where the vector pushes none */
	word ip, cs, flags;
	word sp, ss; /* in 32-bit code only where the ring changed: use frame_sp() */
#ifndef __x86_64__
	word vm86_es, vm86_ds, vm86_fs, vm86_gs; /* only from virtual-8086 mode */
#endif
};

/* In VECTOR: the trap came in real-address mode, where SP and SS are always there. */
#define FRAME_REAL 0x100ul

/* In VECTOR: the trap came through a task gate, and SP and SS are from the task that was left. */
#define FRAME_TASK 0x200ul

/* In VECTOR: the state of a nested guest that was left (svm.h), with SP and SS. */
#define FRAME_NESTED 0x400ul

/* In VECTOR: FRED delivered the event, and there is more to CS and SS (cpu/fred.h). */
#define FRAME_FRED 0x800ul

/* The part that the CPU pushes where it pushes no error code, for handlers that are not to be
 * logged: functions with GCC's attribute "interrupt". */
struct interrupt_frame {
	word ip, cs, flags;
	word sp, ss; /* as above */
};

static inline bool frame_is_real(const struct trap_frame *frame)
{
	return frame->vector & FRAME_REAL;
}

static inline u32 frame_vector(const struct trap_frame *frame)
{
	return frame->vector & 0xff;
}

static inline bool frame_is_vm86(const struct trap_frame *frame)
{
	return frame->flags & FLAGS_VM;
}

static inline bool frame_from_user(const struct trap_frame *frame)
{
	return !frame_is_real(frame) && ((frame->cs & 3) || frame_is_vm86(frame));
}

/* Whether SP and SS are there. */
static inline bool frame_has_sp(const struct trap_frame *frame)
{
#ifdef __x86_64__
	(void)frame;
	return true;
#else
	return frame_from_user(frame) || (frame->vector & (FRAME_REAL | FRAME_TASK | FRAME_NESTED));
#endif
}

/* The stack pointer before the trap. */
static inline word frame_sp(const struct trap_frame *frame)
{
	return frame_has_sp(frame) ? frame->sp : (word)&frame->sp;
}

#endif
