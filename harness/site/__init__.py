# SPDX-License-Identifier: BSD-2-Clause
"""What is known of each bug, in each version of each hypervisor that was tried, for people: the tables of docs/findings.md.

May import: hunt, and what that may.
"""
