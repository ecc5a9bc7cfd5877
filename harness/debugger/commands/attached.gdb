# SPDX-License-Identifier: BSD-2-Clause
# A gdb that is there, and has nothing to do.
source harness/debugger/commands/common.gdb
run_on
