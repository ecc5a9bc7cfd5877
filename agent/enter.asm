; SPDX-License-Identifier: BSD-2-Clause
; The beginning of an image that a multiboot loader starts, and that enters an unpacked Linux by its 64-bit boot
; protocol (Linux: Documentation/arch/x86/boot.rst). harness/lab/flat.py puts the rest after it.

BASE	equ 0x400000		; where it is loaded
PARAMETERS	equ BASE + 0x1000
TABLES	equ BASE + 0x3000	; the PML4, a table below it, four directories of 2 MiB pages

FLAGS	equ 1 << 16		; the addresses follow

CR4_PAE	equ 1 << 5
CR0_PG	equ 1 << 31
EFER	equ 0xc0000080
EFER_LME	equ 1 << 8

	bits 32
	org BASE

header:	dd 0x1badb002, FLAGS, -(0x1badb002 + FLAGS)
	dd header, BASE, 0, 0, start	; load_end 0: all of the file

start:	cli
	lgdt [gdtr]
	mov eax, cr4
	or eax, CR4_PAE
	mov cr4, eax
	mov eax, TABLES
	mov cr3, eax
	mov ecx, EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax
	jmp 0x10:in64

	bits 64
in64:	mov eax, 0x18
	mov ds, eax
	mov es, eax
	mov ss, eax
	mov esi, PARAMETERS
	mov eax, [abs entry]
	jmp rax

	align 8
; With the selectors that Linux wants: 10h is code, 18h data.
gdt:	dq 0, 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdtr:	dw gdtr - gdt - 1
	dd gdt

	times 0xff8 - ($ - $$) db 0
entry:	dq 0			; where to enter Linux
