/* SPDX-License-Identifier: BSD-2-Clause */
/* RDRAND and RDSEED until there is a number; see random.h. */
#include "random.h"

#include "cpu/vectors.h"
#include "cpu/x86.h"
#include "traps.h"

#define LENGTH 3
#define MOST 1000

static word instruction;
static u32 asked;

static bool ask_again(struct trap_frame *frame)
{
	if (frame_vector(frame) != VECTOR_DB || frame->ip != instruction + LENGTH ||
	    frame->flags & FLAGS_CF || asked++ == MOST)
		return false;
	frame->ip = instruction;
	write_dr6(DR6_INIT);
	return true;
}

void random_until_there(word address)
{
	instruction = address;
	asked = 0;
	traps_set_counter(ask_again);
}
