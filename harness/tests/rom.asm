; SPDX-License-Identifier: BSD-2-Clause
; guest.asm in place of a PC's firmware: a ROM whose first instructions start it, as a boot loader would.

%define PLACE 0xf0000			; in the address space
%define START PLACE + 12		; after the multiboot header

bits 16
	incbin "guest.bin"
	align 8
gdt:	dq 0
	dq 0x00cf9b000000ffff		; code and data, both flat
	dq 0x00cf93000000ffff
.end:
gdtr:	dw gdt.end - gdt - 1
	dd PLACE + gdt
enter_protected_mode:
	inc byte [0x500]		; memory is 0 at first, and keeps what it has over a reset:
	cmp byte [0x500], 1
	jne $				; a PC's firmware takes longer than it takes to end Bochs
	o32 lgdt [cs:gdtr]
	mov eax, cr0
	or al, 1
	mov cr0, eax
	mov ax, 16
	mov ds, ax
	mov ss, ax
	jmp dword 8:START
	times 0xfff0 - ($ - $$) db 0
	jmp enter_protected_mode	; the first instruction of all
	times 0x10000 - ($ - $$) db 0
