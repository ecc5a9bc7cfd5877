# SPDX-License-Identifier: BSD-2-Clause
# Where the kernel enters the agent, and where the agent enters the kernel.
	.globl _start
_start:	xor	%ebp, %ebp
	mov	(%rsp), %rdi			# argc
	lea	16(%rsp,%rdi,8), %rdi		# the environment is after argv and its NULL
	and	$-16, %rsp
	call	agent

# long system_call(number, a, b, c, d, e)
	.globl system_call
system_call:
	mov	%rdi, %rax
	mov	%rsi, %rdi
	mov	%rdx, %rsi
	mov	%rcx, %rdx
	mov	%r8, %r10
	mov	%r9, %r8
	syscall
	ret

	.section .note.GNU-stack, "", @progbits
