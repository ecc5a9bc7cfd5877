# SPDX-License-Identifier: BSD-2-Clause
# gdb steps while a timer interrupts a thousand times a second: by QEMU's default no step leads into the handler, as
# interrupts are held back (NOIRQ) and the clock stands (NOTIMER). Then with a clock that goes on.
set $name = "stepi_timer"
source harness/debugger/commands/by_hand.gdb

# A step, and more if it went nowhere, as it now and then does in QEMU when an event for the CPU comes at the same
# time; whether it does cannot be asked for in a way that always has the same answer.
define step_on
  set $before = $pc
  stepi
  set $tries = 1
  while $pc == $before && $tries < 10
    stepi
    set $tries = $tries + 1
  end
  tell
end

stop_at $at_asked
go
# What the case has in its SCRATCH.
set *(unsigned int *)$scratch = 1
delete $bpnum
stop_at $at_sti
go
delete $bpnum
maintenance packet qqemu.sstepbits
step_on
step_on
step_on
step_on
step_on
step_on
step_on
step_on
step_on
maintenance packet Qqemu.sstep=0x3
step_on
step_on
step_on
step_on
step_on
step_on
step_on
step_on
step_on
step_on
maintenance packet Qqemu.sstep=0x7
go
