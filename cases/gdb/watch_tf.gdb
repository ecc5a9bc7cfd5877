# SPDX-License-Identifier: BSD-2-Clause
# gdb watches what the guest writes (SCRATCH in guest/constants.h) with TF set.
set $name = "watch_tf"
source harness/debugger/commands/by_hand.gdb
stop_at $at_before
go
watch *(unsigned int *)$scratch
go
go
