/* SPDX-License-Identifier: BSD-2-Clause */
/* Dumps; see panic.h. */
#include "panic.h"

#include "cpu/segments.h"
#include "cpu/smp.h"
#include "cpu/vectors.h"
#include "cpu/x86.h"
#include "error_code.h"
#include "log.h"

#define STACK_WORDS 128
#define WORDS_PER_LINE (32 / sizeof(word))

struct dump {
	u32 traps;
	struct trap_frame frame;
	struct {
		u32 cs, ss, ds, es, fs, gs, tr, ldtr;
	} selectors;
	struct descriptor_pointer gdt, idt;
	word sp, cr0, cr2, cr3, cr4;
	word dr0, dr1, dr2, dr3, dr6, dr7;
	u64 efer;
	word stack_address, stack[STACK_WORDS];
	size_t stack_words;
};

static struct dump dumps[MAX_CPUS];

extern const char image_end[];

#define READ_SELECTOR(instruction)                                 \
	({                                                         \
		u16 selector;                                      \
                                                                   \
		asm volatile(instruction " %0" : "=rm"(selector)); \
		selector;                                          \
	})

/* Those that the trap has left as they were, and those that it has pushed. */
static void record_selectors(struct dump *dump, const struct trap_frame *frame)
{
	dump->selectors.cs = (u16)frame->cs;
	dump->selectors.tr = READ_SELECTOR("str");
	dump->selectors.ldtr = READ_SELECTOR("sldt");
#ifdef __x86_64__
	dump->selectors.ss = (u16)frame->ss;
	dump->selectors.ds = READ_SELECTOR("mov %%ds,");
	dump->selectors.es = READ_SELECTOR("mov %%es,");
	dump->selectors.fs = READ_SELECTOR("mov %%fs,");
	dump->selectors.gs = READ_SELECTOR("mov %%gs,");
#else
	bool vm86 = frame_is_vm86(frame);

	dump->selectors.ss = frame_has_sp(frame) ? (u16)frame->ss : READ_SELECTOR("mov %%ss,");
	dump->selectors.ds = (u16)(vm86 ? frame->vm86_ds : frame->ds);
	dump->selectors.es = (u16)(vm86 ? frame->vm86_es : frame->es);
	dump->selectors.fs = (u16)(vm86 ? frame->vm86_fs : frame->fs);
	dump->selectors.gs = (u16)(vm86 ? frame->vm86_gs : frame->gs);
#endif
}

/* A stack pointer may itself be the trouble: only memory is read that is there on every machine,
 * and is no device's. */
static bool readable(word address)
{
	const word conventional_end = 0xa0000, extended = 0x100000;

	return address <= conventional_end - sizeof(word) ||
	       (address >= extended && address <= (word)image_end - sizeof(word));
}

static void record_stack(struct dump *dump, const struct trap_frame *frame)
{
	bool segmented = frame_is_real(frame) || frame_is_vm86(frame);
	size_t i = 0;

	dump->stack_address =
		segmented ? (dump->selectors.ss << 4) + (u16)frame->sp : frame_sp(frame);
	for (; i < STACK_WORDS && readable(dump->stack_address + i * sizeof(word)); i++)
		dump->stack[i] = *(const word *)(dump->stack_address + i * sizeof(word));
	while (i && !dump->stack[i - 1]) /* after the stack there is often nothing */
		i--;
	dump->stack_words = i;
}

void panic_record(const struct trap_frame *frame, word dr6)
{
	struct dump *dump = &dumps[this_cpu()];

	log_line("panic cpu=%u", this_cpu());
	if (dump->traps++)
		return;
	dump->frame = *frame;
	dump->sp = frame_sp(frame);
	dump->cr0 = read_cr0();
	dump->cr2 = read_cr2();
	dump->cr3 = read_cr3();
	dump->cr4 = read_cr4();
	dump->efer = has_efer() ? read_msr(MSR_EFER) : 0;
	dump->dr0 = read_dr0();
	dump->dr1 = read_dr1();
	dump->dr2 = read_dr2();
	dump->dr3 = read_dr3();
	dump->dr6 = dr6;
	dump->dr7 = read_dr7();
	asm volatile("sgdt %0" : "=m"(dump->gdt));
	asm volatile("sidt %0" : "=m"(dump->idt));
	record_selectors(dump, frame);
	record_stack(dump, frame);
}

static void print_heading(u32 cpu, const struct dump *dump)
{
	u32 vector = frame_vector(&dump->frame), error = (u32)dump->frame.error;
	struct line line;

	line_begin(&line);
	line_add(&line, "panic cpu=%u vector=%u name=%s", cpu, vector, vector_name(vector));
	if (pushes_error(vector) && !frame_is_real(&dump->frame)) {
		line_add(&line, " error=%h", error);
		line_add_error_meaning(&line, vector, error);
	}
	line_add(&line, " traps=%u", dump->traps);
	line_write(&line);
}

static void print_stack(u32 cpu, const struct dump *dump)
{
	for (size_t i = 0; i < dump->stack_words; i++) {
		struct line line;

		line_begin(&line);
		line_add(&line, "panic cpu=%u at=%x stack=%x", cpu,
			 dump->stack_address + i * sizeof(word), dump->stack[i]);
		while (i % WORDS_PER_LINE != WORDS_PER_LINE - 1 && i + 1 < dump->stack_words)
			line_add(&line, ",%x", dump->stack[++i]);
		line_write(&line);
	}
}

static void print(u32 cpu, const struct dump *dump)
{
	const struct trap_frame *frame = &dump->frame;

	print_heading(cpu, dump);
	log_line("panic cpu=%u cs=%h rip=%x flags=%x set=%f", cpu, dump->selectors.cs, frame->ip,
		 frame->flags, frame->flags);
	log_line("panic cpu=%u ax=%x bx=%x cx=%x dx=%x", cpu, frame->ax, frame->bx, frame->cx,
		 frame->dx);
	log_line("panic cpu=%u si=%x di=%x bp=%x sp=%x", cpu, frame->si, frame->di, frame->bp,
		 dump->sp);
#ifdef __x86_64__
	log_line("panic cpu=%u r8=%x r9=%x r10=%x r11=%x", cpu, frame->r8, frame->r9, frame->r10,
		 frame->r11);
	log_line("panic cpu=%u r12=%x r13=%x r14=%x r15=%x", cpu, frame->r12, frame->r13,
		 frame->r14, frame->r15);
#endif
	log_line("panic cpu=%u ss=%h ds=%h es=%h fs=%h gs=%h tr=%h ldtr=%h", cpu,
		 dump->selectors.ss, dump->selectors.ds, dump->selectors.es, dump->selectors.fs,
		 dump->selectors.gs, dump->selectors.tr, dump->selectors.ldtr);
	log_line("panic cpu=%u gdtr=%x:%h idtr=%x:%h", cpu, dump->gdt.base, (u32)dump->gdt.limit,
		 dump->idt.base, (u32)dump->idt.limit);
	log_line("panic cpu=%u cr0=%x cr2=%x cr3=%x cr4=%x efer=%x", cpu, dump->cr0, dump->cr2,
		 dump->cr3, dump->cr4, (word)dump->efer);
	log_line("panic cpu=%u dr0=%x dr1=%x dr2=%x dr3=%x dr6=%x dr7=%x", cpu, dump->dr0,
		 dump->dr1, dump->dr2, dump->dr3, dump->dr6, dump->dr7);
	print_stack(cpu, dump);
	log_line("panic cpu=%u end", cpu);
}

void panic_print(void)
{
	log_hold();
	for (u32 cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (dumps[cpu].traps)
			print(cpu, &dumps[cpu]);
		dumps[cpu].traps = 0;
	}
	log_release();
}
