# SPDX-License-Identifier: BSD-2-Clause
# gdb steps over what traps: one step leads to the first instruction of the handler, whether the guest's TF is set or not.
set $name = "stepi_traps"
source harness/debugger/commands/by_hand.gdb

define step_into
  stop_at $arg0
  go
  delete $bpnum
  step_one
end

step_into $at_int3
step_into $at_int_n
step_into $at_icebp
step_into $at_ud2
step_into $at_div
step_into $at_read
step_into $at_tf_int3
step_into $at_tf_int_n
step_into $at_tf_icebp
step_into $at_tf_ud2
step_into $at_tf_div
step_into $at_tf_read
go
