# SPDX-License-Identifier: BSD-2-Clause
# gdb executes instructions in the guest's place: it writes what they would write to the general registers, the flags, the
# stack pointer and the instruction pointer. For POPF it has taken its breakpoint there away before the guest goes on.
set $name = "gdb_executes"
source harness/debugger/commands/by_hand.gdb
stop_at $at_mov
go
set $rax = 5
set $eflags = $eflags | 1
set $pc = $at_adc
delete $bpnum
stop_at $at_jmp
go
set $pc = $at_taken
delete $bpnum
stop_at $at_popf
go
set $eflags = 0x102
set $rsp = $rdi
set $pc = $at_first
delete $bpnum
go
