# SPDX-License-Identifier: BSD-2-Clause
# A breakpoint on an instruction that both CPUs execute. Each stops once, is stepped off it, and stops no more: first the
# AP, then the other, then both at the same time, in whatever order.
set $name = "break_both"
source harness/debugger/commands/by_hand.gdb
stop_at $at_cross
go
step_one
go
step_one
stop_at $at_meet
set $stops_0 = 0
set $stops_1 = 0
set $late = 0
set $number = 0
while $number < 2
  continue
  if $pc == $at_meet
    if $_thread == 1
      set $stops_0 = $stops_0 + 1
    else
      set $stops_1 = $stops_1 + 1
    end
  end
  stepi
  if $pc != $at_met
    set $late = $late + 1
  end
  set $number = $number + 1
end
printf "| together cpu0=%d cpu1=%d elsewhere=%d\n", $stops_0, $stops_1, $late
echo
go
