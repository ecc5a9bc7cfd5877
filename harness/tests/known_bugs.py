# SPDX-License-Identifier: BSD-2-Clause
"""The bugs of bugs/, read once for all tests of a process."""

from harness.judging.bugs import Bug, read_bugs
from harness.system.places import ROOT

BUGS: list[Bug] = read_bugs(ROOT / "bugs")
