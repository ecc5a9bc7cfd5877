; SPDX-License-Identifier: BSD-2-Clause
; The way into a body and out of it; see body.c.
;
; Into the kernel's own ring the way is POPF and RET, out of it a jump: no more than the least that a
; CPU must get right before it can be asked anything.

%include "layout.inc"

extern body_left

; struct entry in body.c
ENTRY_IP	equ 0 * WORD_SIZE
ENTRY_CS	equ 1 * WORD_SIZE
ENTRY_FLAGS	equ 2 * WORD_SIZE
ENTRY_SP	equ 3 * WORD_SIZE
ENTRY_SS	equ 4 * WORD_SIZE

VECTOR_LEAVE	equ 0xfe		; body.h

%macro clear_registers 0
	xor eax, eax
	xor ebx, ebx
	xor ecx, ecx
	xor edx, edx
	xor esi, esi
	xor edi, edi
	xor ebp, ebp
	%if WIDTH = 64
	xor r8d, r8d
	xor r9d, r9d
	xor r10d, r10d
	xor r11d, r11d
	xor r12d, r12d
	xor r13d, r13d
	xor r14d, r14d
	xor r15d, r15d
	%endif
%endmacro

; The data segments of ring 3, as IRET and ERETU would clear a segment register that ring 3 may not have, and what both pop.
%macro prepare_user 0
	mov eax, [xDI + ENTRY_SS]
	mov ds, ax
	mov es, ax
	%if WIDTH = 32
	mov fs, ax
	mov gs, ax
	%endif
	push xword [xDI + ENTRY_SS]
	push xword [xDI + ENTRY_SP]
	push xword [xDI + ENTRY_FLAGS]
	push xword [xDI + ENTRY_CS]
	push xword [xDI + ENTRY_IP]
%endmacro

section .text
bits WIDTH
global enter_kernel, enter_user, exit_kernel, exit_user
%if WIDTH = 32
global enter_vm86
%else
global enter_user_by_fred
%endif

enter_kernel:
%if WIDTH = 32
	mov edi, [esp + 4]
%endif
	mov xSP, [xDI + ENTRY_SP]
	push xword [xDI + ENTRY_IP]
	push xword [xDI + ENTRY_FLAGS]
	clear_registers
	popf
.to_body:
	ret

enter_user:
%if WIDTH = 32
	mov edi, [esp + 4]
%endif
	prepare_user
	clear_registers
.to_body:
%if WIDTH = 64
	iretq
%else
	iret
%endif

; IRET leads to no other ring while CR4.FRED is set.
%if WIDTH = 64
enter_user_by_fred:
	prepare_user
	push 0				; in the place of an error code
	clear_registers
.to_body:
	eretu
%endif

; Data segments: the code's own.
%if WIDTH = 32
enter_vm86:
	mov edi, [esp + 4]
	%rep 4				; GS, FS, DS, ES
	push dword [edi + ENTRY_CS]
	%endrep
	push dword [edi + ENTRY_SS]
	push dword [edi + ENTRY_SP]
	push dword [edi + ENTRY_FLAGS]
	push dword [edi + ENTRY_CS]
	push dword [edi + ENTRY_IP]
	clear_registers
.to_body:
	iret
%endif

exit_user:
	int VECTOR_LEAVE

; Leaves struct registers (body.h) on the body's stack.
exit_kernel:
	pushf
	push 2
	popf
%if WIDTH = 64
	lea rsp, [rsp - 8]		; room for the body's stack pointer
	push rbp
	push rdi
	push rsi
	push rdx
	push rcx
	push rbx
	push rax
	lea rax, [rsp + 9 * 8]
	mov [rsp + 7 * 8], rax
	mov rdi, rsp
	and rsp, -16
%else
	lea esp, [esp - 4]
	push ebp
	push edi
	push esi
	push edx
	push ecx
	push ebx
	push eax
	lea eax, [esp + 9 * 4]
	mov [esp + 7 * 4], eax
	mov eax, esp
	and esp, -16
	sub esp, 12
	push eax
%endif
	call body_left			; does not return
