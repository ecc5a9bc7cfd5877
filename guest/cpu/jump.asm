; SPDX-License-Identifier: BSD-2-Clause
; set_jump() and jump(); see jump.h.

%include "layout.inc"

section .text
bits WIDTH
global set_jump, jump
%if WIDTH = 64
set_jump:
	mov rax, [rsp]
	mov [rdi], rax
	mov [rdi + 8], rsp
	mov [rdi + 16], rbx
	mov [rdi + 24], rbp
	mov [rdi + 32], r12
	mov [rdi + 40], r13
	mov [rdi + 48], r14
	mov [rdi + 56], r15
	xor eax, eax
	ret
jump:
	mov rax, [rdi]
	mov rsp, [rdi + 8]
	mov rbx, [rdi + 16]
	mov rbp, [rdi + 24]
	mov r12, [rdi + 32]
	mov r13, [rdi + 40]
	mov r14, [rdi + 48]
	mov r15, [rdi + 56]
	mov [rsp], rax
	mov eax, 1
	ret
%else
set_jump:
	mov ecx, [esp + 4]
	mov eax, [esp]
	mov [ecx], eax
	mov [ecx + 4], esp
	mov [ecx + 8], ebx
	mov [ecx + 12], ebp
	mov [ecx + 16], esi
	mov [ecx + 20], edi
	xor eax, eax
	ret
jump:
	mov ecx, [esp + 4]
	mov eax, [ecx]
	mov esp, [ecx + 4]
	mov ebx, [ecx + 8]
	mov ebp, [ecx + 12]
	mov esi, [ecx + 16]
	mov edi, [ecx + 20]
	mov [esp], eax
	mov eax, 1
	ret
%endif
