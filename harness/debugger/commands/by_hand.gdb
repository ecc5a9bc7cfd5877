# SPDX-License-Identifier: BSD-2-Clause
# What the command file of a case (cases/FAMILY/NAME.gdb) begins with. Where a person runs it, as in
#   gdb -ex 'set $connection = "localhost:1234"' -ex 'set $mode = "kernel64"' -x cases/FAMILY/NAME.gdb
# it gets the image's addresses from what `make gdb` has left in build/, connects, and goes to the case's beginning. The
# harness has done so already.
if $_isvoid($in_harness)
  set $hardware = 0
  eval "source build/%s.gdb", $mode
  source harness/debugger/commands/common.gdb
  eval "marks_%s_%s", $name, $mode
  begin_script
end
