# SPDX-License-Identifier: BSD-2-Clause
# What the command files of all debugger modes begin with: settings, the connection, and how gdb tells
# the harness what it sees, in lines that begin with a bar. $connection is where the gdbstub listens, as
# in gdb -ex 'set $connection = "localhost:1234"' -x FILE; the addresses in other variables are the
# image's, and stand at the top of the file debugger.gdb that each run keeps.
set pagination off
set confirm off
set width 0
set style enabled off
set remotetimeout 20

# QEMU's x86-64 stub describes 64-bit registers whatever mode the vCPU is in, and gdb 13 does not believe
# it at reset unless told.
set architecture i386:x86-64

# The case that runs, and the link address of the body in it.
define say_case
  printf "| case %s %#x\n", (char *)$running_case, *(unsigned int *)$running_body
end

# Where the CPU is that gdb looks at, and what gdb says it stopped for: a line of the debugger's log.
define tell
  printf "| told %d %#x %#lx\n", $_thread - 1, $cs, $pc
  echo
end

# To the next stop. Where the case has come to its end too early, what is left of its script is not for the next one.
define go
  if $pc != $case_over
    continue
    tell
  end
end

define step_one
  stepi
  tell
end

# A breakpoint in the guest's memory; where the hypervisor cannot have one, in a debug register.
define stop_at
  if $hardware
    hbreak *$arg0
  else
    break *$arg0
  end
end

# To the beginning of the first case, or the next. A software breakpoint that a hypervisor keeps in the guest's
# memory must not be there before the image is.
define run_to_case
  thbreak *$first_case
  continue
end

# To the beginning of the next case, and from there to its end, for each command file of a case.
define begin_script
  run_to_case
  say_case
  stop_at $case_over
  printf "| breakpoints %d\n", $bpnum
end

define end_script
  delete
end

define say_stop
  say_case
  printf "| stop %#x %#lx\n", $cs, $pc
  echo
end

define run_on
  while 1
    continue
    say_stop
  end
end

printf "target remote %s\n", $connection
eval "target remote %s", $connection
printf "| connected\n"
echo

# What the stub offers, by its own answers: empty for what it does not know. Breakpoints are set and taken away again.
maintenance packet qSupported
maintenance packet qqemu.sstepbits
maintenance packet qqemu.sstep
eval "maintenance packet Z0,%x,1", $unreached
eval "maintenance packet z0,%x,1", $unreached
eval "maintenance packet Z1,%x,1", $unreached
eval "maintenance packet z1,%x,1", $unreached
eval "maintenance packet Z2,%x,1", $unreached
eval "maintenance packet z2,%x,1", $unreached
printf "| asked\n"
echo
