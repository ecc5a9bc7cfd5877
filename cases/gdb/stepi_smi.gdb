# SPDX-License-Identifier: BSD-2-Clause
# gdb has an hbreak where a BIOS starts boot sectors, at which nothing is executed here, and steps over the OUT that
# raises an SMI. The step ends after it, not in system-management mode, and what follows is the program again.
set $name = "stepi_smi"
source harness/debugger/commands/by_hand.gdb
hbreak *0x7c00
stop_at $at_out
go
step_one
step_one
stop_at $at_last
go
go
