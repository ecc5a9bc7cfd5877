/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a row of instructions that any program may execute on Intel's and AMD's processors since
 * 2013 and 2017: one #DB each, at the next one.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, their pages. */
#include "case.h"
#include "cpu/features.h"
#include "random.h"
#include "string.h"

#define CR4_OSFXSR (1ul << 9)
#define CR4_FSGSBASE (1ul << 16)
#define CR4_OSXSAVE (1ul << 18)

BODY(tf_every_newer, R"(
	mov	$scratch, xSI
	fninit
	mov	$1, %eax
	step
each	first, nop
each	xsave, xsave (xSI)		# the x87 state, by EDX:EAX
each	xrstor, xrstor (xSI)
each	rdtscp, rdtscp
each	fldz, fldz
each	fisttp, fisttpll (xSI)
each	pxor, pxor %xmm0, %xmm0
each	pcmpistri, pcmpistri $0, (xSI), %xmm0
each	pshufb, pshufb %xmm0, %xmm0
each	aesenc, aesenc %xmm0, %xmm0
each	pclmulqdq, pclmulqdq $0, %xmm0, %xmm0
each	crc32, crc32b %al, %edx
each	popcnt, popcnt %ebx, %edx
each	movbe, movbe (xSI), %edx
each	movbe_store, movbe %edx, (xSI)
each	rdrand, rdrand %edx
	.if width == 64
each	cmpxchg16b, cmpxchg16b (%rsi)
each	lock_cmpxchg16b, lock cmpxchg16b (%rsi)
each	rdfsbase, rdfsbase %rdx
each	wrfsbase, wrfsbase %rdx
each	rdgsbase, rdgsbase %rdx
each	wrgsbase, wrgsbase %rdx
	.endif
each	last, nop
)");

static const struct feature features[] = {
	{"rdtscp", 0x80000001, FEATURE_EDX, 27},
	{"sse", 1, FEATURE_EDX, 25},
	{"sse2", 1, FEATURE_EDX, 26},
	{"sse3", 1, FEATURE_ECX, 0},
	{"ssse3", 1, FEATURE_ECX, 9},
	{"cx16", 1, FEATURE_ECX, 13},
	{"sse4_2", 1, FEATURE_ECX, 20},
	{"popcnt", 1, FEATURE_ECX, 23},
	{"aes", 1, FEATURE_ECX, 25},
	{"pclmulqdq", 1, FEATURE_ECX, 1},
	{"xsave", 1, FEATURE_ECX, 26},
	{"rdrand", 1, FEATURE_ECX, 30},
	{"movbe", 1, FEATURE_ECX, 22},
	{"fsgsbase", 7, FEATURE_EBX, 0},
};

CASE(tf_every_newer, PROTECTED_MODES, .trap_budget = 100)
{
	if (!HAS_FEATURES(features))
		return;
	memset(physical(SCRATCH), 0, 1024);
	write_cr4(read_cr4() | CR4_OSFXSR | CR4_FSGSBASE | CR4_OSXSAVE);
	random_until_there(MARK(tf_every_newer, "rdrand"));
	RUN(tf_every_newer);
}
