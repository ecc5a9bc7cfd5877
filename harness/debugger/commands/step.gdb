# SPDX-License-Identifier: BSD-2-Clause
# Steps through every body that the boot processor runs, from its first instruction to its last. What it
# calls by a trap is run through: break_at_doors sets breakpoints on the instructions by which the kernel
# enters or returns to a body.
source harness/debugger/commands/common.gdb
source harness/debugger/commands/step.py
run_to_case
set breakpoint always-inserted on
break_at_doors
while 1
  run_to_body
  step_through_body
end
