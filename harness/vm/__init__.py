# SPDX-License-Identifier: BSD-2-Clause
"""One machine while it runs: QEMU or Bochs, its log, its monitor, how it ended.

May import: debugger, and what that may.
"""
