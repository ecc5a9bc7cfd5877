# SPDX-License-Identifier: BSD-2-Clause
# gdb steps with an interrupt pending. By QEMU's default steps hold interrupts back (NOIRQ), and none leads into the
# handler. Without, the step after STI's shadow does, and the handler's IRET comes back to where it was.
set $name = "stepi_interrupt"
source harness/debugger/commands/by_hand.gdb
stop_at $at_sti
go
step_one
step_one
step_one
step_one
go
maintenance packet Qqemu.sstep=0x1
step_one
step_one
step_one
stop_at $at_after
go
step_one
step_one
maintenance packet Qqemu.sstep=0x7
go
