; SPDX-License-Identifier: BSD-2-Clause
; A guest for the harness's own tests: writes TEXT to the serial line, then does what is named by ACTION.
; The hypervisor's part in each ending is real.

%macro set_uart 2
	mov dx, 0x3f8 + %1
	mov al, %2
	out dx, al
%endmacro
%macro wait_for_uart 1
%%wait:
	mov dx, 0x3fd
	in al, dx
	test al, %1
	jz %%wait
%endmacro
%macro leave_with 1
	wait_for_uart 0x40		; Bochs drops what is still on its way
	mov al, %1
	out 0xf4, al			; QEMU 9 and later leave a little later
	mov esi, shutdown
	mov ecx, shutdown.end - shutdown
	mov dx, 0x8900			; Bochs
	rep outsb
	jmp $
%endmacro
%macro triple_fault 0
	lidt [no_idt]
	int3
%endmacro
%macro reset_by_8042 0
	mov al, 0xfe
	out 0x64, al
	jmp $
%endmacro
%macro set_up_pic_without_slave 0	; which Bochs does not emulate
	mov al, 0x13
	out 0x20, al
	jmp $
%endmacro
%macro panic_by_pvpanic 0
	wait_for_uart 0x40
	mov al, 1
	mov dx, 0x505
	out dx, al
	jmp $
%endmacro
%macro spin 0
	jmp $
%endmacro
%macro pause_loop 0
pause_loop:
	mov eax, [pause_loop]
	pause
	test eax, eax
	jnz pause_loop
%endmacro
%macro sleep_for_good 0
sleep_for_good:
	cli
	hlt
	jmp sleep_for_good
%endmacro
%macro sleep_with_interrupts 0		; of which none comes
	sti
	hlt
	jmp $
%endmacro
%macro count 0
	inc eax
	jmp $ - 1
%endmacro
%macro count_and_leave 0			; after some 6 * 10^9 ticks
	rdtsc
	lea esi, [edx + 2]
.again:
	rdtsc
	cmp edx, esi
	jb .again
	leave_with 42
%endmacro

section .text
bits 32
global _start, reached, running_case, running_body
	dd 0x1badb002, 0, -0x1badb002	; the multiboot header
_start:
	set_uart 3, 0x80		; 115200 baud, 8N1
	set_uart 0, 1
	set_uart 1, 0
	set_uart 3, 0x03
	mov esi, text
.next:
	cmp esi, text.end
	je reached
	wait_for_uart 0x20
	lodsb
	mov dx, 0x3f8
	out dx, al
	jmp .next
reached:
	ACTION

no_idt:	dw 0, 0, 0
running_case:	db "a@kernel32", 0
running_body:	dd 0
shutdown:
	db "Shutdown"
.end:
text:	incbin TEXT
.end:
