/* SPDX-License-Identifier: BSD-2-Clause */
/* TF over the instructions of AMD's SVM, VMRUN and VMMCALL excepted: one #DB each, at the next one.
 * VMLOAD loads what VMSAVE has saved.
 *
 * APM Vol. 2, "Single Stepping"; APM Vol. 3, their pages. */
#include "case.h"
#include "nested/svm.h"

BODY(tf_every_svm, R"(
	mov	$scratch, xAX
	step
each	first, nop
each	vmsave, vmsave xAX
each	vmload, vmload xAX
each	clgi, clgi
each	stgi, stgi
each	invlpga, invlpga xAX, %ecx
each	last, nop
)");

CASE(tf_every_svm, KERNEL32 | KERNEL64)
{
	if (SVM_PREPARE(tf_every_svm))
		RUN(tf_every_svm);
}
