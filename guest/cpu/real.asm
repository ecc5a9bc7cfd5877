; SPDX-License-Identifier: BSD-2-Clause
; The ways between protected and real-address mode; see real.h. The stubs are copied to
; REAL_STUBS_SEGMENT; what leaves protected mode runs there too, through a 16-bit code segment with the
; same base (SDM Vol. 3, "Switching Back to Real-Address Mode").

%include "layout.inc"

%if WIDTH = 32

extern real_trap, idt_load

ENTRY_IP	equ 0 * WORD_SIZE	; struct entry in body.c
ENTRY_CS	equ 1 * WORD_SIZE
ENTRY_FLAGS	equ 2 * WORD_SIZE
ENTRY_SP	equ 3 * WORD_SIZE

%define HERE(label) (label - real_stubs)

; What the stubs keep for a moment lies in that segment too, on a page of its own: a hypervisor that
; translates code does so again after each write to the code's page.
EFLAGS		equ 0x1000
CODE_SEGMENT	equ 0x1004
IP		equ 0x1008
SAVED_EAX	equ 0x100c

section .bss align=16
stack:		resb 16384
stack_top:

section .rodata
vector_table:	dw 256 * 4 - 1
		dd 0

section .text
bits 32
global enter_real
; Ends on the real side: with the body's segments, stack and flags, general registers 0.
enter_real:
	mov edi, [esp + 4]
	mov ebx, [edi + ENTRY_IP]
	mov ecx, [edi + ENTRY_CS]
	mov edx, [edi + ENTRY_SP]
	mov esi, [edi + ENTRY_FLAGS]
	lidt [vector_table]
	jmp REAL_CS:HERE(leave_to_body)

; A trap in real mode, on the way up. EBX: struct real_frame (real.c), linear.
come_up:
	mov ax, KERNEL_DS
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov fs, ax
	mov gs, ax
	mov esp, stack_top
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax
	cld
	sub esp, 8			; 16-byte alignment at the calls
	push ebx			; kept: the callee may change its argument
	push ebx
	call idt_load
	call real_trap
	mov ebx, [esp + 4]
	mov esi, eax
	lidt [vector_table]
	jmp REAL_CS:HERE(leave_to_trap)

bits 16
global real_stubs, real_stubs_end
real_stubs:
%assign vector 0
%rep 256
	align 8
	push word vector
	jmp strict near trapped
	%assign vector vector + 1
%endrep

trapped:
	pushad
	push ds
	push es
	push fs
	push gs
	push ss
	xor ebx, ebx
	mov bx, ss
	shl ebx, 4
	movzx eax, sp
	add ebx, eax
	mov eax, cr0
	or al, CR0_PE
	mov cr0, eax
	jmp dword KERNEL_CS:come_up

%macro leave_protected_mode 0
	mov ax, REAL_DS			; limits that real mode keeps
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov fs, ax
	mov gs, ax
	mov eax, cr0
	and eax, ~CR0_PG
	mov cr0, eax
	and al, ~CR0_PE
	mov cr0, eax
	jmp REAL_STUBS_SEGMENT:HERE(%%real)
%%real:
%endmacro

; BX, CX, DX, SI: IP, all segments, SP, flags.
leave_to_body:
	leave_protected_mode
	mov ds, cx
	mov es, cx
	mov fs, cx
	mov gs, cx
	mov ss, cx
	mov esp, edx			; all of it: 16-bit code may address by it
	push si
	push cx
	push bx
	xor eax, eax
	xor ebx, ebx
	xor ecx, ecx
	xor edx, edx
	xor esi, esi
	xor edi, edi
	xor ebp, ebp
.to_body:
	iret

; EBX: struct real_frame, ESI: EFLAGS to go on with.
leave_to_trap:
	leave_protected_mode
	mov eax, ebx
	shr eax, 4
	mov ds, ax
	and ebx, 15
	mov ax, [bx]			; the body's SS, and the frame's offset in it
	movzx edx, ax
	shl edx, 4
	xor ecx, ecx
	mov cx, ds
	shl ecx, 4
	add ecx, ebx
	sub ecx, edx
	mov ss, ax
	mov esp, ecx
	mov [cs:EFLAGS], esi
	add sp, 2			; SS
	pop gs
	pop fs
	pop es
	pop ds
	popad
	add sp, 2			; the vector
	; A 32-bit IRET, for RF: IP, CS and flags give way to a frame with room for it.
	mov [cs:SAVED_EAX], eax
	pop ax
	movzx eax, ax
	mov [cs:IP], eax
	pop ax
	mov [cs:CODE_SEGMENT], ax	; what is above is not looked at
	add sp, 2
	mov eax, [cs:SAVED_EAX]
	push dword [cs:EFLAGS]
	push dword [cs:CODE_SEGMENT]
	push dword [cs:IP]
.to_body:
	iretd

real_stubs_end:

%endif
