# SPDX-License-Identifier: BSD-2-Clause
# A gdb that loses the guest twice, each time with breakpoints of all kinds set: first its connection is cut while
# the guest is stopped, and it connects again to find the guest where it was; then it is killed while the guest runs.
source harness/gdb/common.gdb
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
shell exec sh -c 'kill -9 $PPID'
