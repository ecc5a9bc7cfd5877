# SPDX-License-Identifier: BSD-2-Clause
# A watchpoint that nothing touches.
source harness/debugger/commands/common.gdb
watch *(char *)$untouched
run_on
