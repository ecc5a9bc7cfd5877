; SPDX-License-Identifier: BSD-2-Clause
; The way into a nested guest and out of it; see svm.c. VMRUN loads and #VMEXIT saves xAX, xSP, RIP and RFLAGS;
; the other general registers are shared (APM Vol. 2, "VMRUN Instruction", "#VMEXIT").

%include "layout.inc"

; struct nested_registers in nested.h
REGISTERS_BX	equ 1 * WORD_SIZE
REGISTERS_CX	equ 2 * WORD_SIZE
REGISTERS_DX	equ 3 * WORD_SIZE
REGISTERS_SI	equ 4 * WORD_SIZE
REGISTERS_DI	equ 5 * WORD_SIZE
REGISTERS_BP	equ 6 * WORD_SIZE

section .text
bits WIDTH
global svm_vmrun, svm_exit

svm_vmrun:
	push xBX
	push xBP
%if WIDTH = 64
	push r12
	push r13
	push r14
	push r15
	mov rax, rdi
%else
	push esi
	push edi
	mov eax, [esp + 5 * WORD_SIZE]
	mov esi, [esp + 6 * WORD_SIZE]
%endif
	push xSI
	mov xBX, [xSI + REGISTERS_BX]
	mov xCX, [xSI + REGISTERS_CX]
	mov xDX, [xSI + REGISTERS_DX]
	mov xDI, [xSI + REGISTERS_DI]
	mov xBP, [xSI + REGISTERS_BP]
	mov xSI, [xSI + REGISTERS_SI]
.to_body:
	vmrun
	stgi				; #VMEXIT has cleared the global interrupt flag
	xchg xSI, [xSP]
	mov [xSI + REGISTERS_BX], xBX
	mov [xSI + REGISTERS_CX], xCX
	mov [xSI + REGISTERS_DX], xDX
	mov [xSI + REGISTERS_DI], xDI
	mov [xSI + REGISTERS_BP], xBP
	pop xAX
	mov [xSI + REGISTERS_SI], xAX
%if WIDTH = 64
	pop r15
	pop r14
	pop r13
	pop r12
%else
	pop edi
	pop esi
%endif
	pop xBP
	pop xBX
	ret

svm_exit:
	vmmcall
