# SPDX-License-Identifier: BSD-2-Clause
# A software breakpoint that nothing reaches.
source harness/debugger/commands/common.gdb
run_to_case
break *$unreached
run_on
