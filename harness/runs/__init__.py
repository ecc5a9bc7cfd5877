# SPDX-License-Identifier: BSD-2-Clause
"""Groups of cases are booted, and what comes of it is kept; what was kept, here or elsewhere, is read again.

May import: platform, and what that may.
"""
