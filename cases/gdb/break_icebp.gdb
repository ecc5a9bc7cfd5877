# SPDX-License-Identifier: BSD-2-Clause
# gdb has breakpoints on the guest's INT1 and after it. The second INT1 is the guest's alone.
set $name = "break_icebp"
source harness/debugger/commands/by_hand.gdb
stop_at $at_icebp
stop_at $at_behind
go
go
go
