# SPDX-License-Identifier: BSD-2-Clause
# A watchpoint that nothing touches.
source harness/gdb/common.gdb
watch *(char *)$untouched
run_on
