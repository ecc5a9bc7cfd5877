/* SPDX-License-Identifier: BSD-2-Clause */
/* Flexible Return and Event Delivery: events come to boot/fred.asm instead of through the IDT, with
 * more about them on the stack, and ERETS and ERETU lead back.
 *
 * SDM Vol. 3, "Flexible Return and Event Delivery (FRED)". */
#ifndef GUEST_CPU_FRED_H
#define GUEST_CPU_FRED_H

#include "frame.h"
#include "log.h"
#include "types.h"

/* The modes that there are with it. */
#define FRED_MODES (KERNEL64 | USER64 | COMPAT32)

/* What the CPU adds to the selectors that it pushes, of the whole word. */
#define FRED_CS_LEVEL(cs) ((u32)((cs) >> 16 & 3)) /* the stack level before the event */
#define FRED_SS_STI (1ull << 16)		  /* STI's shadow was in effect */
#define FRED_SS_SOFTWARE (1ull << 17)		  /* the event was SYSCALL, SYSENTER or INT n */
#define FRED_SS_NMI (1ull << 18)
#define FRED_SS_VECTOR(ss) ((u32)((ss) >> 32 & 0xff))
#define FRED_SS_TYPE(ss) ((u32)((ss) >> 48 & 0xf)) /* enum event_type */
#define FRED_SS_LONG (1ull << 57)		   /* in 64-bit mode */
#define FRED_SS_NESTED (1ull << 58)		   /* while another event was delivered */
#define FRED_SS_LENGTH(ss) ((u32)((ss) >> 60))	   /* of the instruction, where software asked */

#ifdef __x86_64__

/* What FRED pushes; frames with FRAME_FRED are the first member of one. */
struct fred_frame {
	struct trap_frame trap;
	word data, reserved;
};

/* Turns it on until the end of the case, each stack level with a stack of its own, each event at
 * level 0, and IA32_STAR such that ERETU loads CS and SS from the GDT. False where the CPU does not
 * have it; the log then has "needs fred=1". */
bool fred_turn_on(void);

/* Whether it is on. */
bool fred_is_on(void);

/* Has events of this vector, in ring 0, come in at LEVEL, 0 to 3. */
void fred_set_level(u32 vector, u32 level);

/* Has interrupts, in ring 0, come in at LEVEL. */
void fred_set_interrupt_level(u32 level);

/* Has an event that stays at its stack level leave BYTES below RSP, a multiple of 64 up to 448. */
void fred_set_redzone(u32 bytes);

/* Has no memory for the stack of LEVEL, or has it again. */
void fred_unmap_stack(u32 level);
void fred_map_stack(u32 level);

/* The stack level that the CPU is at, and the way back to 0, where ERETU wants it. */
u32 fred_level(void);
void fred_leave_levels(void);

/* Whether a frame is on the stack of that level. */
bool fred_is_on_stack(const struct trap_frame *frame, u32 level);

/* What the log calls the event of such a frame; NULL for an interrupt. */
const char *fred_event_name(const struct trap_frame *frame);

/* Adds to the line of such a frame what only FRED tells. */
void fred_describe(struct line *line, const struct trap_frame *frame);

#endif

#endif
