; SPDX-License-Identifier: BSD-2-Clause
; The way into a nested guest and out of it; see svm.c. VMRUN loads and #VMEXIT saves xAX, xSP, RIP and RFLAGS;
; the other general registers are shared (APM Vol. 2, "VMRUN Instruction", "#VMEXIT").

%include "layout.inc"
%include "nested/nested.inc"

section .text
bits WIDTH
global svm_vmrun, svm_exit

svm_vmrun:
	save_caller
%if WIDTH = 64
	mov rax, rdi
%else
	mov eax, argument(1)
	mov esi, argument(2)
%endif
	load_guest
.to_body:
	vmrun
	stgi				; #VMEXIT has cleared the global interrupt flag
	store_guest
	restore_caller
	ret

svm_exit:
	vmmcall
