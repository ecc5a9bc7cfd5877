# SPDX-License-Identifier: BSD-2-Clause
"""Processes, deadlines, errors, places and printable text: what has nothing to do with CPUs.

Imports nothing of the harness.
"""
