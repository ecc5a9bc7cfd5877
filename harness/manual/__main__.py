# SPDX-License-Identifier: BSD-2-Clause
"""Writes share/trapline.1 and share/trapline.bash anew."""

from harness.manual.files import FILES
from harness.system.places import ROOT

if __name__ == "__main__":
    for place, write in FILES.items():
        (ROOT / place).write_text(write(), encoding="utf-8")
