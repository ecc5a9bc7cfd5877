# SPDX-License-Identifier: BSD-2-Clause
# gdb has twenty breakpoints in memory at once, for which debug registers would not do: one on each instruction of a row, set
# in an order that is not theirs. When it has come to the first, it takes the fifth, the tenth, the fifteenth and the last away.
set $name = "break_many"
source harness/debugger/commands/by_hand.gdb
break *$at_inc_2
break *$at_inc_4
break *$at_inc_6
break *$at_inc_8
break *$at_inc_10
set $gone_10 = $bpnum
break *$at_inc_12
break *$at_inc_14
break *$at_inc_16
break *$at_inc_18
break *$at_inc_20
set $gone_20 = $bpnum
break *$at_inc_19
break *$at_inc_17
break *$at_inc_15
set $gone_15 = $bpnum
break *$at_inc_13
break *$at_inc_11
break *$at_inc_9
break *$at_inc_7
break *$at_inc_5
set $gone_5 = $bpnum
break *$at_inc_3
break *$at_inc_1
go
delete $gone_5 $gone_10 $gone_15 $gone_20
go
go
go
go
go
go
go
go
go
go
go
go
go
go
go
go
