# SPDX-License-Identifier: BSD-2-Clause
# gdb wants six hardware breakpoints at once.
set $name = "hbreak_many"
source harness/gdb/by_hand.gdb
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
