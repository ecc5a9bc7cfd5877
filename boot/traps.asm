; SPDX-License-Identifier: BSD-2-Clause
; The entry points of all 256 vectors: each completes the frame of struct trap_frame (guest/frame.h)
; and calls trap(), which looks at it and says how to go on by changing it. None of their first instructions crosses a page:
; a case may ask for that (cases/tf/tf_handler_page.c), the others' answers must not hang on it.

%include "layout.inc"
%include "registers.inc"

extern trap

; #DF, #TS, #NP, #SS, #GP, #PF, #AC, #CP, #VC and #SX push an error code (SDM Vol. 3, "Exception and
; Interrupt Reference"; APM Vol. 2, "Vectors").
ERROR_CODES	equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | 1 << 21 | 1 << 29 | 1 << 30

section .text
bits WIDTH
%assign vector 0
%rep 256
	align 16
trap_%+vector:
	%if vector >= 32 || !(ERROR_CODES & 1 << vector)
	push byte 0
	%endif
	push vector
	jmp trap_common
	%assign vector vector + 1
%endrep

trap_common:
%if WIDTH = 64
	push_registers
	cld
	mov rdi, rsp			; the CPU aligned RSP; 22 words keep it aligned
	call trap
	pop_registers
	add rsp, 16
.to_body:
	iretq
%else
	pushad
	push ds
	push es
	push fs
	push gs
	mov ax, ss			; flat kernel data: the CPU loaded it, or it never left
	mov ds, ax
	mov es, ax
	cld
	mov eax, esp
	mov ebp, esp
	and esp, -16
	sub esp, 12
	push eax
	call trap
	mov esp, ebp
	pop gs
	pop fs
	pop es
	pop ds
	popad
	add esp, 8
.to_body:
	iret
%endif

section .rodata
align WORD_SIZE
global trap_entries
trap_entries:
%assign vector 0
%rep 256
	DWORD_OR_QWORD trap_%+vector
	%assign vector vector + 1
%endrep
