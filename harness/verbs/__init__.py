# SPDX-License-Identifier: BSD-2-Clause
"""The command line's verbs, one module for each: it asks, calls and prints.

May import: all rooms.
"""
