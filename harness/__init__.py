# SPDX-License-Identifier: BSD-2-Clause
"""Boots the guest on hypervisors, with and without a debugger, and compares what was seen."""
