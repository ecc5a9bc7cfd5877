# SPDX-License-Identifier: BSD-2-Clause
# A hardware breakpoint from reset on, at linear address 0: a processor that starts after INIT and SIPI has IP = 0, but
# its CS has another base, and nothing else is executed there either.
source harness/debugger/commands/common.gdb
hbreak *0
run_on
