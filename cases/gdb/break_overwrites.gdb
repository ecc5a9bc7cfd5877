# SPDX-License-Identifier: BSD-2-Clause
# gdb has a breakpoint on the instruction that the guest changes. It is a breakpoint on a place, whatever stands there.
set $name = "break_overwrites"
source harness/debugger/commands/by_hand.gdb
stop_at $at_patched
go
go
go
go
go
