# SPDX-License-Identifier: BSD-2-Clause
# gdb has a breakpoint in the page before the guest maps it, and while it is unmapped; gdb stops there and then too, for
# which it takes its breakpoints away and sets them again.
set $name = "break_unmapped"
source harness/debugger/commands/by_hand.gdb
set $inside = $unmapped + $at_inside
stop_at $inside
stop_at $at_unmapped
go
go
go
go
go
