; SPDX-License-Identifier: BSD-2-Clause
; The way into a nested guest and out of it; see vmx.c. VM entry loads and VM exit saves xSP, RIP and RFLAGS;
; the general registers are shared (SDM Vol. 3, "Loading Guest State", "Loading Host State").

%include "layout.inc"
%include "nested/nested.inc"

VMCS_HOST_SP	equ 0x6c14

section .text
bits WIDTH
global vmx_launch, vmx_exited, vmx_exit

; In: the registers, and whether this VMCS was launched before. Out: whether there was a VM exit; there is none if VM
; entry refuses what concerns the hypervisor itself.
vmx_launch:
	save_caller
%if WIDTH = 64
	mov eax, esi
	mov rsi, rdi
%else
	mov esi, argument(1)
	mov eax, argument(2)
%endif
	lea xDI, [xSP - WORD_SIZE]	; where load_guest leaves the stack pointer
	mov edx, VMCS_HOST_SP
	vmwrite xDX, xDI
	test eax, eax
	mov xAX, [xSI + REGISTERS_AX]
	load_guest
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
	store_guest
	mov [xSI + REGISTERS_AX], xAX
	mov eax, 1
.out:
	restore_caller
	ret

vmx_exit:
	vmcall
