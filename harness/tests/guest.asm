; SPDX-License-Identifier: BSD-2-Clause
; A guest for the harness's own tests: writes TEXT to the serial line, then does what is named by ACTION.
; The hypervisor's part in each ending is real.

%macro leave_with 1
	mov al, %1
	out 0xf4, al
	jmp $				; QEMU 9 and later leave a little later
%endmacro
%macro triple_fault 0
	lidt [no_idt]
	int3
%endmacro
%macro spin 0
	jmp $
%endmacro

section .text
bits 32
global _start, reached
	dd 0x1badb002, 0, -0x1badb002	; the multiboot header
_start:
	mov esi, text
	mov edx, 0x3f8
.next:
	cmp esi, text.end
	je reached
	add edx, 5
.wait:
	in al, dx
	test al, 0x20
	jz .wait
	sub edx, 5
	lodsb
	out dx, al
	jmp .next
reached:
	ACTION

no_idt:	dw 0, 0, 0
text:	incbin TEXT
.end:
