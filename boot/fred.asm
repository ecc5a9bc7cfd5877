; SPDX-License-Identifier: BSD-2-Clause
; Where FRED delivers all events (SDM Vol. 3, "FRED Event Delivery"): each entry completes the frame of struct trap_frame
; (guest/frame.h), calls trap(), which may change it, and returns by it.

%include "layout.inc"
%include "registers.inc"

%if WIDTH = 64

extern trap

; Of what the CPU pushed, from the error code up: the vector, and two bytes after it the type.
FRED_VECTOR	equ 5 * WORD_SIZE + 4
EVENT_OTHER	equ 7

FRAME_FRED	equ 0x800		; guest/frame.h

; In the place of those of SYSCALL and SYSENTER, which are vectors of exceptions: one that nobody sends.
VECTOR_OTHER	equ 0xff

%macro complete_and_call 0
	push qword [rsp + FRED_VECTOR]
	push_registers
	mov edx, [rsp + 15 * WORD_SIZE]
	movzx eax, dl
	shr edx, 16
	and edx, 15
	cmp edx, EVENT_OTHER
	jne %%has_vector
	mov eax, VECTOR_OTHER
%%has_vector:
	or eax, FRAME_FRED
	mov [rsp + 15 * WORD_SIZE], rax
	mov rdi, rsp			; the CPU aligned RSP to 64 bytes; 24 words keep it aligned to 16
	call trap
	pop_registers
	add rsp, 8
%endmacro

section .text.fred progbits alloc exec nowrite align=4096
bits 64
global fred_from_user
fred_from_user:				; at the beginning of a page
	complete_and_call
.to_body:
	eretu

	times 256 - ($ - fred_from_user) int3
fred_from_kernel:			; 256 bytes on
	complete_and_call
.to_body:
	erets

%endif
