# SPDX-License-Identifier: BSD-2-Clause
"""Results for people: on the terminal, as a page, as Markdown.

May import: runs, and what that may.
"""
