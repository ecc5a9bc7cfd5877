# SPDX-License-Identifier: BSD-2-Clause
# gdb sends the guest to an instruction that jumps to itself, and stops it there by a Ctrl-C: twice, the second time after a
# step over it. Then it sends it on. A Ctrl-C is for no processor: which one QEMU names differs by version.
set $name = "gdb_interrupt"
source harness/debugger/commands/by_hand.gdb
source harness/debugger/commands/interrupt.py
stop_at $at_over
go
set $pc = $at_spin
interrupt_soon
continue
thread 1
tell
step_one
interrupt_soon
continue
thread 1
tell
set $pc = $at_after
go
