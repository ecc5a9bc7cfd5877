# SPDX-License-Identifier: BSD-2-Clause
# gdb wants six hardware breakpoints at once. Where that is refused, gdb ends, when it has come to this case and told so:
# the others are run without it.
set $name = "hbreak_many"
source harness/debugger/commands/by_hand.gdb
stop_at $at_start
go
delete $bpnum
hbreak *$at_first
hbreak *$at_second
hbreak *$at_third
hbreak *$at_fourth
hbreak *$at_fifth
hbreak *$at_sixth
go
go
go
go
go
go
go
