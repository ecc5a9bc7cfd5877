/* SPDX-License-Identifier: BSD-2-Clause */
/* The way from a trap in real-address mode to trap(), and back. */
#include "traps.h"

#ifndef __x86_64__

/* What guest/cpu/real.asm leaves on the body's stack: its own pushes, then what the CPU pushed. */
struct real_frame {
	u16 ss, gs, fs, es, ds;
	u32 di, si, bp, handler_sp, bx, dx, cx, ax;
	u16 vector, ip, cs, flags;
} __attribute__((packed));

u32 real_trap(struct real_frame *real);

/* Called by guest/cpu/real.asm, in protected mode again. Returns the EFLAGS to go on with: the
 * image on the stack has no room for RF. */
u32 real_trap(struct real_frame *real)
{
	struct trap_frame frame = {
		.gs = real->gs,
		.fs = real->fs,
		.es = real->es,
		.ds = real->ds,
		.di = real->di,
		.si = real->si,
		.bp = real->bp,
		.bx = real->bx,
		.dx = real->dx,
		.cx = real->cx,
		.ax = real->ax,
		.vector = FRAME_REAL | real->vector,
		.ip = real->ip,
		.cs = real->cs,
		.flags = real->flags,
		.sp = ((word)(real + 1) - ((word)real->ss << 4)) & 0xffff,
		.ss = real->ss,
	};

	trap(&frame);
	real->ip = (u16)frame.ip;
	real->cs = (u16)frame.cs;
	real->ax = frame.ax;
	real->bx = frame.bx;
	real->cx = frame.cx;
	real->dx = frame.dx;
	return frame.flags;
}

#endif
