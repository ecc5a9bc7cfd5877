; SPDX-License-Identifier: BSD-2-Clause
; The way into a nested guest and out of it; see vmx.c. VM entry loads and VM exit saves xSP, RIP and RFLAGS;
; the general registers are shared (SDM Vol. 3, "Loading Guest State", "Loading Host State").

%include "layout.inc"

; struct nested_registers in nested.h
REGISTERS_AX	equ 0 * WORD_SIZE
REGISTERS_BX	equ 1 * WORD_SIZE
REGISTERS_CX	equ 2 * WORD_SIZE
REGISTERS_DX	equ 3 * WORD_SIZE
REGISTERS_SI	equ 4 * WORD_SIZE
REGISTERS_DI	equ 5 * WORD_SIZE
REGISTERS_BP	equ 6 * WORD_SIZE

VMCS_HOST_SP	equ 0x6c14

section .text
bits WIDTH
global vmx_launch, vmx_exited, vmx_exit

; In: the registers, and whether this VMCS was launched before. Out: whether there was a VM exit; there is none if VM
; entry refuses what concerns the hypervisor itself.
vmx_launch:
	push xBX
	push xBP
%if WIDTH = 64
	push r12
	push r13
	push r14
	push r15
	mov eax, esi
	mov rsi, rdi
%else
	push esi
	push edi
	mov esi, [esp + 5 * WORD_SIZE]
	mov eax, [esp + 6 * WORD_SIZE]
%endif
	push xSI
	mov edx, VMCS_HOST_SP
	vmwrite xDX, xSP
	test eax, eax
	mov xAX, [xSI + REGISTERS_AX]
	mov xBX, [xSI + REGISTERS_BX]
	mov xCX, [xSI + REGISTERS_CX]
	mov xDX, [xSI + REGISTERS_DX]
	mov xDI, [xSI + REGISTERS_DI]
	mov xBP, [xSI + REGISTERS_BP]
	mov xSI, [xSI + REGISTERS_SI]
	jnz vmx_resume
.to_body:
	vmlaunch
	jmp vmx_refused

vmx_resume:
.to_body:
	vmresume

vmx_refused:
	pop xSI
	xor eax, eax
	jmp vmx_exited.out

vmx_exited:				; RIP of the hypervisor
	xchg xSI, [xSP]
	mov [xSI + REGISTERS_AX], xAX
	mov [xSI + REGISTERS_BX], xBX
	mov [xSI + REGISTERS_CX], xCX
	mov [xSI + REGISTERS_DX], xDX
	mov [xSI + REGISTERS_DI], xDI
	mov [xSI + REGISTERS_BP], xBP
	pop xAX
	mov [xSI + REGISTERS_SI], xAX
	mov eax, 1
.out:
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

vmx_exit:
	vmcall
