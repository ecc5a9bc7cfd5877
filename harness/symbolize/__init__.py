# SPDX-License-Identifier: BSD-2-Clause
"""Dumps of a crash, with their addresses as functions and lines (docs/symbolize.md).

May import: judging, catalogue, system.
"""

from harness.symbolize.chain import ChainLink, call_chain
from harness.symbolize.frame import Frame

__all__ = ["Frame", "ChainLink", "call_chain"]
