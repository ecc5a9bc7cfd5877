# SPDX-License-Identifier: BSD-2-Clause
"""The files that the command line makes, each with what writes its text."""

from harness.manual.completion import completion
from harness.manual.page import page

FILES = {"share/trapline.1": page, "share/trapline.bash": completion}
