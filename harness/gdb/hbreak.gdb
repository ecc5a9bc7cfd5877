# SPDX-License-Identifier: BSD-2-Clause
# A hardware breakpoint that nothing reaches.
source harness/gdb/common.gdb
hbreak *$unreached
run_on
