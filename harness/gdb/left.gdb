# SPDX-License-Identifier: BSD-2-Clause
# A gdb that has had breakpoints of all kinds, has stopped and stepped, and leaves before the first case.
source harness/gdb/common.gdb
set breakpoint always-inserted on
hbreak *$unreached
break *$unreached
watch *(char *)$untouched
break *$first_case
continue
stepi
detach
printf "| left\n"
