# SPDX-License-Identifier: BSD-2-Clause
# gdb steps over PUSHF and POPF. Does the guest see a TF that is gdb's?
set $name = "stepi_pushf"
source harness/debugger/commands/by_hand.gdb
stop_at $at_pushf
go
step_one
step_one
step_one
step_one
step_one
go
