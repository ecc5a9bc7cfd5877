# SPDX-License-Identifier: BSD-2-Clause
# gdb steps one CPU while the other counts, with each setting of scheduler-locking (Debugging with GDB, "All-Stop Mode"):
# with `on`, and with `step` while it steps, the other stands still; otherwise it may run, and does so in time. The
# stepped one goes by one instruction in any case.
set $name = "stepi_locked"
source harness/debugger/commands/by_hand.gdb

# What the CPUs have counted to is where the case has its SCRATCH.
set $beats_of_ap = $scratch
set $beats = $scratch + 4

# Sets $before; says whether the memory at $arg0 has changed since.
define look
  set $before = *(unsigned int *)$arg0
end
define say_change
  if *(unsigned int *)$arg0 == $before
    printf "| the other: still\n"
  else
    printf "| the other: moved\n"
  end
  echo
end

define step_three
  step_one
  step_one
  step_one
end

# Steps until the memory at $arg0 has changed, but not for ever: three instructions each time.
define step_until_moved
  set $tries = 0
  while *(unsigned int *)$arg0 == $before && $tries < 1000
    stepi
    stepi
    stepi
    set $tries = $tries + 1
  end
end

stop_at $at_count
go
delete $bpnum
set scheduler-locking on
look $beats
step_three
say_change $beats
set scheduler-locking step
step_three
say_change $beats
set scheduler-locking off
step_three
step_until_moved $beats
tell
say_change $beats

stop_at $at_first
look $beats_of_ap
go
say_change $beats_of_ap
delete $bpnum
set scheduler-locking on
look $beats_of_ap
step_one
say_change $beats_of_ap
set scheduler-locking step
step_one
say_change $beats_of_ap
set scheduler-locking off
step_one
set scheduler-locking replay
go
