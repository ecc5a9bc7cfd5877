/* SPDX-License-Identifier: BSD-2-Clause */
/* Real-address mode; see real.h and real.asm. */
#include "cpu/real.h"

#ifndef __x86_64__

#include "cpu/ivt.h"
#include "cpu/x86.h"
#include "string.h"

#define STUB_SIZE 8u

extern const char real_stubs[], real_stubs_end[];

void real_begin(void)
{
	void *stubs = physical(REAL_STUBS_SEGMENT << 4);
	size_t size = (size_t)(real_stubs_end - real_stubs);

	/* They are there from the last time, unless a case went astray. */
	if (memcmp(stubs, real_stubs, size))
		memcpy(stubs, real_stubs, size);
	for (u32 vector = 0; vector < IVT_VECTORS; vector++)
		ivt_set(vector, REAL_STUBS_SEGMENT, (u16)(vector * STUB_SIZE));
}

#endif
