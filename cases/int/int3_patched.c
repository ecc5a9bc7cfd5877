/* SPDX-License-Identifier: BSD-2-Clause */
/* INT3 written by one CPU over the first byte of an instruction that another is about to execute,
 * as a debugger sets a breakpoint in a program that runs on another CPU. The writer keeps to the
 * manuals' algorithm for cross-modifying code: the other CPU waits until the write is done, then
 * executes CPUID, which serializes, then what was written. Its handler puts the old byte back and
 * goes on at the instruction, which is executed as it was. The last of the turns is not patched.
 *
 * SDM Vol. 3, "Handling Self- and Cross-Modifying Code"; APM Vol. 2, "Cross-Modifying Code"; SDM
 * Vol. 2, "INT n/INTO/INT3/INT1". */
#include "case.h"
#include "cpu/smp.h"

#define AP 1
#define INT3 0xcc
#define ROUNDS 3

volatile u32 int3_patched_go, int3_patched_turns, int3_patched_over;
static volatile u8 *patched;
static u8 old;

/* Counts its turns in SI, by the instruction that is patched, and leaves the flags alone. */
BODY(int3_patched, R"(
1:
	pause
	mov	int3_patched_go, %ecx
	jecxz	1b
	movl	$0, int3_patched_go
	mov	$0, %eax
	cpuid
mark	patched
	lea	1(xSI), xSI
mark	behind
	mov	int3_patched_over, %ecx
	mov	%esi, int3_patched_turns
	jecxz	1b
mark	after
	nop
)");

static bool put_back(struct trap_frame *frame)
{
	*patched = old;
	if (frame_vector(frame) == VECTOR_BP)
		frame->ip--;
	return true;
}

static void take_turns(void)
{
	RUN(int3_patched);
}

static void let_go(u32 turn)
{
	int3_patched_go = 1;
	while (int3_patched_turns != turn)
		pause();
}

CASE(int3_patched, PROTECTED_MODES, .cpus = 2)
{
	int3_patched_go = int3_patched_turns = int3_patched_over = 0;
	patched = (volatile u8 *)MARK(int3_patched, "patched");
	old = *patched;
	traps_set_hook(put_back);
	if (!smp_start(AP, take_turns))
		return;
	for (u32 turn = 1; turn <= ROUNDS; turn++) {
		*patched = INT3;
		let_go(turn);
		note("turns=%u", int3_patched_turns);
	}
	int3_patched_over = 1;
	let_go(ROUNDS + 1);
	smp_join();
	note("turns=%u", int3_patched_turns);
}
