# SPDX-License-Identifier: BSD-2-Clause
"""Required logs from what independent implementations say, and a disassembler beside them.

May import: report, and what that may.
"""
