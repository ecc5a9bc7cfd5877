# SPDX-License-Identifier: BSD-2-Clause
# gdb has breakpoints where the guest is about to write INT3, and after it. The other INT3 is the guest's alone.
set $name = "break_int3"
source harness/debugger/commands/by_hand.gdb
stop_at $at_int3
stop_at $at_behind
go
go
go
