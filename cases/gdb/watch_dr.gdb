# SPDX-License-Identifier: BSD-2-Clause
# gdb watches memory (SCRATCH + 32 in guest/constants.h) while the guest uses all debug registers, for other memory.
set $name = "watch_dr"
source harness/debugger/commands/by_hand.gdb
stop_at $at_before
go
watch *(unsigned int *)($scratch + 32)
go
go
go
