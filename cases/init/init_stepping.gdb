# SPDX-License-Identifier: BSD-2-Clause
# Hardware breakpoints where an instruction pointer may well be between INIT and the SIPI, or after it, but no
# processor executes anything: at 0, as an AP starts with IP = 0 (its CS has another base), and at the reset vector.
# The AP single-steps when INIT comes. Nothing is to stop, and the SIPIs work.
set $name = "init_stepping"
source harness/debugger/commands/by_hand.gdb
hbreak *0
hbreak *0xfffffff0
go
