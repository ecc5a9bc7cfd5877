# SPDX-License-Identifier: BSD-2-Clause
# A gdb that has had breakpoints of all kinds, has stopped and stepped, and leaves before the first case.
source harness/debugger/commands/common.gdb
run_to_case
set breakpoint always-inserted on
hbreak *$unreached
break *$unreached
watch *(char *)$untouched
stepi
detach
printf "| left\n"
