# SPDX-License-Identifier: BSD-2-Clause
# gdb stops the machine between INIT and the SIPI, looks at the AP, steps the other CPU, and lets go. Then it stops
# the AP at the first instruction after the SIPI: by then gdb knows of IP = 0 alone, so that it takes its own
# breakpoint for a signal. A step there is a step as anywhere: the instruction (boot/trampoline.asm) has five bytes.
set $name = "init_gap"
source harness/debugger/commands/by_hand.gdb

# The other CPU's code segment and instruction pointer.
define tell_ap
  thread 2
  printf "| ap cs=%x ip=%x\n", $cs, $pc
  echo
  thread 1
end

stop_at $at_gap
go
# The INIT may still be on its way.
set $passes = 1
thread 2
while $cs != 0xf000 && $passes < 7
  continue
  set $passes = $passes + 1
  thread 2
end
thread 1
delete $bpnum
step_one
tell_ap
hbreak *0x8000
go
tell_ap
delete $bpnum
thread 2
stepi
tell_ap
go
