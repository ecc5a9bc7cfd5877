# SPDX-License-Identifier: BSD-2-Clause
# A gdb that loses the guest twice, each time with breakpoints of all kinds set: first its connection is cut while
# the guest is stopped, and it connects again to find the guest where it was; then it dies while the guest runs. An
# internal error is a death that gdb has on every system.
source harness/debugger/commands/common.gdb
maintenance set internal-error quit yes
maintenance set internal-error corefile no
if $_gdb_major >= 12
  maintenance set internal-error backtrace off
end
run_to_case
set breakpoint always-inserted on
hbreak *$unreached
break *$unreached
watch *(char *)$untouched
disconnect
eval "target remote %s", $connection
if $pc != $first_case
  say_stop
end
continue &
printf "| left\n"
echo
maintenance internal-error gdb dies here
