# SPDX-License-Identifier: BSD-2-Clause
"""gdb's part: its command files, what it says, and what its stub offers.

May import: media and symbolize, and what these may.
"""
