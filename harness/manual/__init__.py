# SPDX-License-Identifier: BSD-2-Clause
"""The manual page and bash's completion, made of the command line; python3 -m harness.manual writes both anew."""
