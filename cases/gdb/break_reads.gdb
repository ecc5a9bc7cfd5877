# SPDX-License-Identifier: BSD-2-Clause
# gdb has a breakpoint on the instruction that the guest reads.
set $name = "break_reads"
source harness/debugger/commands/by_hand.gdb
stop_at $at_target
go
go
