# SPDX-License-Identifier: BSD-2-Clause
"""What was required and what was seen, and what comes of it: comparison, verdicts, known bugs. Starts nothing.

May import: catalogue, system.
"""
