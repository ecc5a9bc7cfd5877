# SPDX-License-Identifier: BSD-2-Clause
# gdb has a breakpoint on the body's own address of an instruction, which the guest comes to by another one first.
set $name = "break_alias"
source harness/debugger/commands/by_hand.gdb
stop_at $at_inside
go
go
