; SPDX-License-Identifier: BSD-2-Clause
; Where an application processor starts after a SIPI: records the state that INIT left, then comes up
; to C through enter_paging.
;
; The code is copied to TRAMPOLINE and runs with CS = TRAMPOLINE >> 4, IP = 0 (SDM Vol. 3, "Typical AP
; Initialization Sequence"). Nothing but MOV to memory through CS happens before the general
; registers and RFLAGS are stored: MOV leaves the flags alone, and CS is the only segment that the
; SIPI defines. What is written lies on the page after the code: a hypervisor that translates code does
; so again after each write to the code's page.

%include "layout.inc"

extern enter_paging, boot_gdt, ap_main

%define HERE(label) ((label) - trampoline_start)

PAGE	equ 4096

section .text
bits 16
global trampoline_start, trampoline_end
global trampoline_has_efer, trampoline_stack, trampoline_state
trampoline_start:
	mov [cs:HERE(state.eax)], eax
	mov [cs:HERE(state.ebx)], ebx
	mov [cs:HERE(state.ecx)], ecx
	mov [cs:HERE(state.edx)], edx
	mov [cs:HERE(state.esi)], esi
	mov [cs:HERE(state.edi)], edi
	mov [cs:HERE(state.ebp)], ebp
	mov [cs:HERE(state.esp)], esp
	mov [cs:HERE(state.cs)], cs
	mov [cs:HERE(state.ds)], ds
	mov [cs:HERE(state.es)], es
	mov [cs:HERE(state.fs)], fs
	mov [cs:HERE(state.gs)], gs
	mov [cs:HERE(state.ss)], ss
	mov ax, cs
	mov ds, ax
	mov ss, ax
	mov esp, 2 * PAGE		; the end of the trampoline's data
	pushfd
	pop dword [HERE(state.eflags)]
	sgdt [HERE(state.gdtr)]
	sidt [HERE(state.idtr)]
%macro store 2
	mov eax, %1
	mov [HERE(state.%2)], eax
%endmacro
	store cr0, cr0
	store cr2, cr2
	store cr3, cr3
	store cr4, cr4
	store dr0, dr0
	store dr1, dr1
	store dr2, dr2
	store dr3, dr3
	store dr6, dr6
	store dr7, dr7
	cmp byte [HERE(trampoline_has_efer)], 0
	je .no_efer
	mov ecx, MSR_EFER
	rdmsr
	mov [HERE(state.efer)], eax
.no_efer:
	o32 lgdt [HERE(.gdt)]
	mov eax, cr0
	or al, CR0_PE
	mov cr0, eax
	jmp dword BOOT_CS32:TRAMPOLINE + HERE(.protected)
bits 32
.protected:
	mov ax, BOOT_DS
	mov ds, ax
	mov ss, ax
	mov edx, .up
	mov eax, enter_paging
	jmp eax
bits WIDTH
.up:
	mov xSP, [abs TRAMPOLINE + HERE(trampoline_stack)]
	call ap_main			; does not return

align 4
.gdt:					; the image's own boot GDT, as the 16-bit LGDT wants it
	dw 4 * 8 - 1
	dd boot_gdt

	times PAGE - HERE($) db 0
trampoline_stack:	dq 0		; set by whoever sends the SIPI
trampoline_has_efer:	db 0		; likewise: whether IA32_EFER exists
align 4
trampoline_state:			; struct reset_state in guest/cpu/smp.h
state:
.eax:		dd 0
.ebx:		dd 0
.ecx:		dd 0
.edx:		dd 0
.esi:		dd 0
.edi:		dd 0
.ebp:		dd 0
.esp:		dd 0
.eflags:	dd 0
.cr0:		dd 0
.cr2:		dd 0
.cr3:		dd 0
.cr4:		dd 0
.dr0:		dd 0
.dr1:		dd 0
.dr2:		dd 0
.dr3:		dd 0
.dr6:		dd 0
.dr7:		dd 0
.efer:		dd 0
.cs:		dw 0
.ds:		dw 0
.es:		dw 0
.fs:		dw 0
.gs:		dw 0
.ss:		dw 0
.gdtr:		dw 0, 0, 0
.idtr:		dw 0, 0, 0
trampoline_end:
