# SPDX-License-Identifier: BSD-2-Clause
"""A known bug is looked for, on one platform or on all at hand; what a report of it needs is packed; it is written up.

May import: report, and what that may.
"""
