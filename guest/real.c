/* SPDX-License-Identifier: BSD-2-Clause */
/* Real-address mode; see real.h and real.asm. */
#include "real.h"

#ifndef __x86_64__

#include "frame.h"
#include "string.h"
#include "traps.h"
#include "x86.h"

#define VECTORS 256u
#define STUB_SIZE 8u

extern const char real_stubs[], real_stubs_end[];

/* The interrupt vector table: CS:IP for each vector (SDM Vol. 3, "Interrupt and Exception
 * Handling" in "8086 Emulation"). */
static u32 before[VECTORS];
static bool begun;

/* What guest/real.asm leaves on the body's stack: its own pushes, then what the CPU pushed. */
struct real_frame {
	u16 ss, gs, fs, es, ds;
	u32 di, si, bp, handler_sp, bx, dx, cx, ax;
	u16 vector, ip, cs, flags;
} __attribute__((packed));

void real_begin(void)
{
	u32 *table = physical(0);

	memcpy(physical(REAL_STUBS_SEGMENT << 4), real_stubs, real_stubs_end - real_stubs);
	memcpy(before, table, sizeof(before));
	for (u32 vector = 0; vector < VECTORS; vector++)
		table[vector] = REAL_STUBS_SEGMENT << 16 | vector * STUB_SIZE;
	begun = true;
}

void real_end(void)
{
	if (begun)
		memcpy(physical(0), before, sizeof(before));
	begun = false;
}

/* Called by guest/real.asm, in protected mode again. Returns the EFLAGS to go on with: the image on
 * the stack has no room for RF. */
u32 real_trap(struct real_frame *real)
{
	struct trap_frame frame = {
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
