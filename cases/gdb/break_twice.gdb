# SPDX-License-Identifier: BSD-2-Clause
# gdb has two breakpoints on one instruction, one in memory and one in hardware, and takes them away: first the older,
# then the newer; the last turn has none.
set $name = "break_twice"
source harness/debugger/commands/by_hand.gdb
stop_at $at_turn
set $older = $bpnum
hbreak *$at_turn
set $newer = $bpnum
go
delete $older
go
stop_at $at_turn
set $last = $bpnum
go
delete $newer
go
delete $last
go
