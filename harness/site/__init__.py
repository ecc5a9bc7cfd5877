# SPDX-License-Identifier: BSD-2-Clause
"""The shop window: a site with a page for each known bug and each case, and the tables of docs/findings.md.

May import: hunt, blessing, and what those may.
"""
