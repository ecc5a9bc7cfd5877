# SPDX-License-Identifier: BSD-2-Clause
"""Another author's answers to the catalogue's questions, from the same platform: kvm-unit-tests' debug.flat.

May import: platform, and what that may.
"""
