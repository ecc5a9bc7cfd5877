# SPDX-License-Identifier: BSD-2-Clause
"""Speed, as ratios of what runs in turn in one command: absolute times say little on a shared machine.

May import: report, and what that may.
"""
