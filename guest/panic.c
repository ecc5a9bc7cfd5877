/* SPDX-License-Identifier: BSD-2-Clause */
/* Dumps; see panic.h. */
#include "panic.h"

#include "log.h"
#include "segments.h"
#include "x86.h"

#define STACK_WORDS 16

static struct {
	u32 traps, cpu;
	struct trap_frame frame;
	word sp, cr0, cr2, cr3, cr4;
	word stack[STACK_WORDS];
} dump;

void panic_record(const struct trap_frame *frame)
{
	if (__atomic_fetch_add(&dump.traps, 1, __ATOMIC_RELAXED))
		return;
	dump.cpu = this_cpu();
	dump.frame = *frame;
	dump.sp = frame_sp(frame);
	dump.cr0 = read_cr0();
	dump.cr2 = read_cr2();
	dump.cr3 = read_cr3();
	dump.cr4 = read_cr4();
	/* A stack pointer that was itself the trouble must not be followed; frames of the kernel's
	 * ring stand on the interrupted stack, so that one is mapped. */
	for (size_t i = 0; i < STACK_WORDS && !frame_from_user(frame) && !frame_is_real(frame); i++)
		dump.stack[i] = ((const word *)dump.sp)[i];
}

void panic_print(void)
{
	const struct trap_frame *frame = &dump.frame;

	if (!dump.traps)
		return;
	log_line("panic cpu=%u vector=%u error=%x traps=%u", dump.cpu, frame_vector(frame),
		 frame->error, dump.traps);
	log_line("panic cs=%h rip=%x flags=%x ss:sp=%x", (u32)(frame->cs & 0xffff), frame->ip,
		 frame->flags, dump.sp);
	log_line("panic ax=%x bx=%x cx=%x dx=%x", frame->ax, frame->bx, frame->cx, frame->dx);
	log_line("panic si=%x di=%x bp=%x", frame->si, frame->di, frame->bp);
#ifdef __x86_64__
	log_line("panic r8=%x r9=%x r10=%x r11=%x", frame->r8, frame->r9, frame->r10, frame->r11);
	log_line("panic r12=%x r13=%x r14=%x r15=%x", frame->r12, frame->r13, frame->r14,
		 frame->r15);
#endif
	log_line("panic cr0=%x cr2=%x cr3=%x cr4=%x", dump.cr0, dump.cr2, dump.cr3, dump.cr4);
	for (size_t i = 0; i < STACK_WORDS; i += 4)
		log_line("panic stack=%x,%x,%x,%x", dump.stack[i], dump.stack[i + 1],
			 dump.stack[i + 2], dump.stack[i + 3]);
	dump.traps = 0;
}
