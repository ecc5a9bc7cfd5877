# SPDX-License-Identifier: BSD-2-Clause
"""What is asked and what is required: images, the log and its grammar, required logs and the rules that compute them.

May import: system.
"""
