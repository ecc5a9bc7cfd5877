# SPDX-License-Identifier: BSD-2-Clause
# gdb watches the slot of the stack that is to take CS, in 64-bit code SS.
set $name = "watch_stack"
source harness/debugger/commands/by_hand.gdb
stop_at $at_before
go
eval "watch *(unsigned short *)%#lx", $rsp - 8
go
delete $bpnum
go
