# SPDX-License-Identifier: BSD-2-Clause
# gdb has breakpoints on two instructions of one byte. The guest comes to the second, and never to the first.
set $name = "break_adjacent"
source harness/debugger/commands/by_hand.gdb
stop_at $at_first
stop_at $at_second
go
go
