/* SPDX-License-Identifier: BSD-2-Clause */
/* A nested guest: a body that runs below the kernel as its hypervisor, on AMD's SVM (svm.h) or on
 * Intel's VMX (vmx.h), whichever the CPU has. It shares the kernel's paging, segments and IDT, so
 * that its traps, where they are not intercepted, are taken and logged like any other. */
#ifndef GUEST_NESTED_NESTED_H
#define GUEST_NESTED_NESTED_H

#include "body.h"
#include "cpu/event.h"
#include "log.h"
#include "types.h"

/* An event that is injected, or whose delivery was interrupted (APM Vol. 2, "Event Injection"; SDM
 * Vol. 3, "VM-Entry Controls for Event Injection"). SVM has no types 5 to 7. */
#define EVENT(type, vector) (EVENT_VALID | (u32)(type) << 8 | (u32)(vector))
#define EVENT_VALID (1u << 31)

static inline u32 event_vector(u32 event)
{
	return event & 0xff;
}

static inline enum event_type event_type(u32 event)
{
	return (enum event_type)(event >> 8 & 7);
}

/* The general registers but for SP, in the order of guest/nested/vmrun.asm and
 * guest/nested/vmlaunch.asm. */
struct nested_registers {
	word ax, bx, cx, dx, si, di, bp;
};

/* The nested guest, as it is to go on and as it was left. */
struct nested {
	word ip, sp, flags, dr6, dr7;
	struct nested_registers registers;
	u32 exceptions; /* a bit for each vector that is intercepted */
	u32 injection;	/* EVENT(), delivered once; 0 for none */
};

/* Why it was left. The name is the log's, NULL where CODE has to do. */
struct nested_exit {
	const char *name;
	u32 code;
	enum {
		EXIT_CALLS,  /* the instruction for it: the body's end */
		EXIT_FAILS,  /* it was not entered, and cannot go on */
		EXIT_TRAPS,  /* a #DB that is over when its handler is, with RF or without */
		EXIT_PAUSES, /* between two instructions: it goes on as it is */
		EXIT_STOPS,  /* before an instruction that did not take place */
	} kind;
	u32 vector; /* of EXIT_TRAPS, and of an exception in EXIT_STOPS */
	word error; /* the error code that goes with the vector */
	word debug; /* of EXIT_TRAPS, the conditions as DR6 has them */
	u16 cs, ss;
};

/* One architecture's way. */
struct nested_cpu {
	const char *needs; /* what the log says where it is missing */
	const char *exit;  /* where a body ends: the instruction that leads to the hypervisor */
	bool (*present)(void);
	/* A nested guest in ring 0, with nothing intercepted but what ends it. */
	void (*prepare)(const struct entry *entry);
	/* Runs it to its next exit. */
	struct nested_exit (*enter)(struct nested *nested);
	/* Adds to the line of that exit what only this architecture tells. */
	void (*describe)(struct line *line);
	/* It is to go on as after an instruction that does nothing: no interrupt shadow, no debug
	 * exception pending. */
	void (*unblock)(void);
	/* The nested guest's way to its hypervisor. */
	void (*call)(void);
	/* Puts the CPU back. */
	void (*forget)(void);
};

/* The nested guest that runs the body on that architecture: general registers 0, RFLAGS 2, DR6 and
 * DR7 as after reset, an empty stack, ring 0, nothing intercepted but what ends it. The case
 * changes it as it likes. NULL where the CPU does not have it; the log then has "needs svm=1" or
 * "needs vmx=1". */
struct nested *nested_prepare_on(const struct nested_cpu *cpu, const struct body *body);

/* Runs it to the body's end, and returns the registers that it left. Each exit on the way is
 * logged. The nested guest goes on as after a trap of that kind: #DB where it says, with RF set at
 * an instruction breakpoint, with DR6 put back; all else at the next mark. Both out of the
 * interrupt shadow, as an IRET leaves it. Between two instructions it goes on as it is, unless the
 * body is at its end. */
struct registers nested_run(void);

#endif
