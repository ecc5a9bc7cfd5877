# SPDX-License-Identifier: BSD-2-Clause
# gdb watches reads of one variable (SCRATCH in guest/constants.h), reads and writes of the next, and nothing of a third.
set $name = "rwatch_awatch"
source harness/debugger/commands/by_hand.gdb
stop_at $at_write
go
rwatch *(unsigned int *)$scratch
set $reads = $bpnum
awatch *(unsigned int *)($scratch + 4)
set $both = $bpnum
go
go
go
go
delete $reads
delete $both
go
