; SPDX-License-Identifier: BSD-2-Clause
; From the multiboot header or the PVH note to C: page tables, paging, long mode in the 64-bit image, then kmain().
;
; Multiboot 1 and 2 enter in 32-bit protected mode with paging off, EAX = magic, EBX = the information
; structure (Multiboot Specification 0.6.96, "Machine state"; Multiboot2 Specification 2.0, "I386 machine state").
; PVH does the same at an entry of its own, with nothing in EAX (Xen, docs/misc/pvh.pandoc, "PVH boot ABI").

%include "layout.inc"

extern kmain
%if WIDTH = 64
extern require_long_mode
%endif

MULTIBOOT_MAGIC	equ 0x1badb002
MULTIBOOT_FLAGS	equ 1 << 1		; ask for the memory fields

MULTIBOOT2_MAGIC equ 0xe85250d6
MULTIBOOT2_I386	equ 0

section .multiboot progbits alloc noexec nowrite align=8
multiboot2:
	dd MULTIBOOT2_MAGIC, MULTIBOOT2_I386, .end - multiboot2
	dd -(MULTIBOOT2_MAGIC + MULTIBOOT2_I386 + (.end - multiboot2)) & 0xffffffff
	dw 0, 0				; the last tag
	dd 8
.end:
	dd MULTIBOOT_MAGIC, MULTIBOOT_FLAGS, -(MULTIBOOT_MAGIC + MULTIBOOT_FLAGS)

; ELF notes of Xen's (xen/include/public/elfnote.h): the physical address of a 32-bit entry point.
XEN_ELFNOTE_PHYS32_ENTRY equ 18

section .note.Xen note alloc noexec nowrite align=4
	dd .descriptor - .name, 4, XEN_ELFNOTE_PHYS32_ENTRY
.name:	db "Xen", 0
.descriptor:
	dd pvh_start

; 4 GiB, each address mapped to itself in large pages, open to ring 3, the last GiB (local APIC, I/O APIC,
; firmware) uncached. The 32-bit image has no PAE: QEMU's TCG, from 7.2 on, sets the accessed bit in PAE's four
; PDPTEs, where it is reserved (mmu_translate()), and a KVM on that emulated CPU then refuses them with #GP.
PTE_P		equ 1 << 0
PTE_RW		equ 1 << 1
PTE_US		equ 1 << 2
PTE_PCD		equ 1 << 4
PTE_PS		equ 1 << 7

%if WIDTH = 64
	DIRECTORIES	equ 4
	LARGE_PAGE	equ 2 << 20
	CR4_PAGING	equ CR4_PAE
%else
	DIRECTORIES	equ 1
	LARGE_PAGE	equ 4 << 20
	CR4_PAGING	equ CR4_PSE
%endif

section .bss align=4096
page_directories:	resb DIRECTORIES * 4096
%if WIDTH = 64
pdpt:			resb 4096
pml4:			resb 4096
%endif
boot_stack:		resb 16384
boot_stack_top:

section .text
bits 32
pvh_start:
	mov eax, [ebx]			; the start info begins with a magic of its own
global _start
_start:
	cli
	cld
	mov esp, boot_stack_top
	mov esi, eax			; the magic and the information structure,
	mov edi, ebx			; kept for kmain
%if WIDTH = 64
	call require_long_mode
%endif

	mov ebx, page_directories
	mov eax, PTE_P | PTE_RW | PTE_US | PTE_PS
.page:
	cmp eax, 0xc0000000
	jb .cached
	or eax, PTE_PCD
.cached:
	cmp eax, UNMAPPED | PTE_P | PTE_RW | PTE_US | PTE_PS | PTE_PCD
	je .next
	mov [ebx], eax
.next:
	add ebx, WORD_SIZE
	add eax, LARGE_PAGE
	jnc .page

%if WIDTH = 64
	mov eax, page_directories + PTE_P + PTE_RW + PTE_US
	mov ebx, pdpt
	mov ecx, DIRECTORIES
.directory:
	mov [ebx], eax
	add ebx, 8
	add eax, 4096
	loop .directory
	mov dword [pml4], pdpt + PTE_P + PTE_RW + PTE_US
%endif

	mov edx, .paged
	jmp enter_paging
.paged:
%if WIDTH = 64
bits 64
	mov eax, esi			; 32-bit moves, for the same reason
	mov esi, edi
	mov edi, eax
%else
	sub esp, 8			; 16-byte alignment at the call
	push edi
	push esi
%endif
	call kmain			; does not return,
global unreached
unreached:				; so a debugger's breakpoint here is never hit
	ud2

section .data
global untouched
untouched:	dd 0			; for a debugger's watchpoint

section .text

; Turns paging on and long mode where the image is 64-bit, and nothing else, whatever the firmware had on: UEFI leaves
; CR4.DE set, which cases ask about. In: EDX = where to go on, in the image's own width. Changes EAX, EBX, ECX. Both the
; boot processor and the APs come through here.
bits 32
global enter_paging
enter_paging:
	lgdt [boot_gdt.pointer]
	mov eax, CR4_PAGING
	mov cr4, eax
%if WIDTH = 64
	mov eax, pml4
%else
	mov eax, page_directories
%endif
	mov cr3, eax
%if WIDTH = 64
	mov ebx, edx
	mov ecx, MSR_EFER
	mov eax, EFER_LME
	xor edx, edx
	wrmsr
	mov edx, ebx
%endif
	mov eax, CR0_PG | CR0_WP | CR0_ET | CR0_PE
	mov cr0, eax
%if WIDTH = 64
	jmp BOOT_CS64:.native
%else
	jmp BOOT_CS32:.native
%endif
bits WIDTH
.native:
	mov ax, BOOT_DS
	mov ds, ax
	mov es, ax
	mov ss, ax
	mov fs, ax
	mov gs, ax
%if WIDTH = 64
	mov esp, esp			; clears the upper halves, which are undefined after the switch
	mov edx, edx
%endif
	jmp xDX

section .rodata
align 8
global boot_gdt, boot_gdt.pointer
boot_gdt:
	dq 0
	dq 0x00cf9b000000ffff		; BOOT_CS32: flat, code, 32-bit
	dq 0x00cf93000000ffff		; BOOT_DS: flat, data
	dq 0x00af9b000000ffff		; BOOT_CS64: code, 64-bit
.end:
.pointer:
	dw boot_gdt.end - boot_gdt - 1
	DWORD_OR_QWORD boot_gdt
