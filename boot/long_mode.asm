; SPDX-License-Identifier: BSD-2-Clause
; The 64-bit image on a CPU that has no long mode: it says so and leaves, as C is 64-bit code there.

%include "layout.inc"

%if WIDTH = 64

CPUID_EXTENDED	equ 0x80000001
CPUID_LM	equ 1 << 29		; in EDX

; As in guest/board/console.c and guest/board/leave.c.
COM1		equ 0x3f8
LSR		equ 5
LSR_THRE	equ 1 << 5
LSR_TEMT	equ 1 << 6
QEMU_DEBUG_EXIT	equ 0xf4
BOCHS_SHUTDOWN	equ 0x8900
LEAVE_PANIC	equ 43

section .rodata
settings:				; registers of the UART and values: 115200 baud, 8N1
	db 1, 0, 3, 0x80, 0, 1, 1, 0, 3, 3, 2, 7, 4, 3
.end:
text:
	db "trapline 1 mode=kernel64 cpus=1 cases=0", 10
	db "needs lm=1", 10
.end:
shutdown:
	db "Shutdown"
.end:

section .text
bits 32
global require_long_mode

; Returns if there is long mode. Changes EAX, EBX, ECX and EDX.
require_long_mode:
	mov eax, CPUID_EXTENDED & ~1
	cpuid
	cmp eax, CPUID_EXTENDED
	jb .none
	mov eax, CPUID_EXTENDED
	cpuid
	test edx, CPUID_LM
	jz .none
	ret

.none:
	mov esi, settings
.set:
	lodsw
	movzx edx, al
	add edx, COM1
	mov al, ah
	out dx, al
	cmp esi, settings.end
	jb .set

	mov esi, text
.write:
	mov dx, COM1 + LSR
	in al, dx
	test al, LSR_THRE
	jz .write
	lodsb
	mov dx, COM1
	out dx, al
	cmp esi, text.end
	jb .write
	mov dx, COM1 + LSR
.drain:
	in al, dx
	test al, LSR_TEMT
	jz .drain

	mov al, LEAVE_PANIC
	out QEMU_DEBUG_EXIT, al
	mov esi, shutdown
	mov ecx, shutdown.end - shutdown
	mov dx, BOCHS_SHUTDOWN
	rep outsb
.halt:
	cli
	hlt
	jmp .halt

%endif
