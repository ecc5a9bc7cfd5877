# SPDX-License-Identifier: BSD-2-Clause
"""What the verbs of the command line do: each one's function returns the exit code."""
