/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over a row of x87, MMX and SSE instructions: one #DB each, at the next one. An emulator has a
 * function of its own for nearly each of them.
 *
 * SDM Vol. 3, "Single-Step Exception Condition"; Vol. 2, their pages. */
#include "case.h"
#include "cpu/features.h"

#define CR4_OSFXSR (1ul << 9)

BODY_16(tf_every_fpu, R"(
	mov	$scratch, xSI
	mov	$scratch, xDI
	step
each	first, nop
each	fninit, fninit
each	fwait, fwait
each	nop, nop			# FWAIT and what follows read as one instruction
each	fld1, fld1
each	fldpi, fldpi
each	fadd, faddp
each	fnop, fnop
each	fchs, fchs
each	fabs, fabs
each	fsqrt, fsqrt
each	fsin, fsin
each	frndint, frndint
each	fxam, fxam
each	ftst, ftst
each	fcomi, fcomi %st(0), %st
each	fincstp, fincstp
each	fdecstp, fdecstp
each	fistp, fistpll (xSI)
each	fild, fildll (xSI)
each	fbstp, fbstp (xSI)
each	fbld, fbld (xSI)
each	fstp_long, fstpt (xSI)
each	fld_long, fldt (xSI)
each	ffree, ffree %st(0)
each	fnstsw_register, fnstsw %ax
each	fnstsw, fnstsw (xSI)
each	fnstcw, fnstcw (xSI)
each	fldcw, fldcw (xSI)
each	fnclex, fnclex
each	fnstenv, fnstenv (xSI)
each	fldenv, fldenv (xSI)
each	fnsave, fnsave (xSI)
each	frstor, frstor (xSI)
each	fxsave, fxsave (xSI)
each	fxrstor, fxrstor (xSI)
each	movd, movd %eax, %mm0
each	maskmovq, maskmovq %mm0, %mm0
each	movntq, movntq %mm0, (xSI)
each	emms, emms
each	stmxcsr, stmxcsr (xSI)
each	ldmxcsr, ldmxcsr (xSI)
each	movups, movups (xSI), %xmm0
each	movups_store, movups %xmm0, (xSI)
each	movaps, movaps (xSI), %xmm1
each	movntps, movntps %xmm0, (xSI)
each	maskmovdqu, maskmovdqu %xmm0, %xmm0
each	movmskps, movmskps %xmm0, %eax
each	cvtsi2sd, cvtsi2sd %eax, %xmm0
each	ucomisd, ucomisd %xmm0, %xmm0
each	last, nop
)");

static const struct feature features[] = {
	{"fxsr", 1, FEATURE_EDX, 24}, {"sse", 1, FEATURE_EDX, 25}, {"sse2", 1, FEATURE_EDX, 26}};

CASE(tf_every_fpu, PROTECTED_MODES | SEGMENT_MODES, .trap_budget = 100)
{
	if (!HAS_FEATURES(features))
		return;
	write_cr4(read_cr4() | CR4_OSFXSR);
	RUN(tf_every_fpu);
}
