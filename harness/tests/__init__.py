# SPDX-License-Identifier: BSD-2-Clause
"""The harness's own tests, and those of the cases."""

from harness.system.bytecode import keep_below_build

keep_below_build()  # this is imported before all tests
