# SPDX-License-Identifier: BSD-2-Clause
# gdb has hardware breakpoints of its own while the guest uses all debug registers: one on an instruction that meets
# nothing of the guest's, one on an instruction that meets a data breakpoint of it.
set $name = "hbreak_dr"
source harness/debugger/commands/by_hand.gdb
hbreak *$at_theirs
hbreak *$at_theirs_too
go
go
go
