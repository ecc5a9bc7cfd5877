# SPDX-License-Identifier: BSD-2-Clause
# gdb watches the memory that the guest watches (SCRATCH in guest/constants.h).
set $name = "watch_dr_same"
source harness/debugger/commands/by_hand.gdb
stop_at $at_before
go
watch *(unsigned int *)$scratch
go
go
