# SPDX-License-Identifier: BSD-2-Clause
# gdb has a breakpoint with a condition that holds twice, and one that ignores all but the last five turns. The guest
# is stopped at both in each turn, and goes on without a word. Which turn it is, the order of the stops tells.
set $name = "break_condition"
source harness/debugger/commands/by_hand.gdb
stop_at $at_turn
condition $bpnum $rbx == 15 || $rbx == 18
stop_at $at_rest
ignore $bpnum 15
go
go
go
go
go
go
go
go
