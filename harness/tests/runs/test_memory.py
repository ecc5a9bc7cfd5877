# SPDX-License-Identifier: BSD-2-Clause
"""How much memory a run takes whose guest writes, in each of all cases, as much as is kept of one."""

import os
import subprocess
import sys

import pytest

from harness.system.places import ROOT
from harness.tests.faults import fault

MOST = 150 << 10  # KiB, as docs/runs.md promises
LINES, WIDTH = 255, 1000

GUEST = f"""#!{sys.executable}
import sys
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from harness.catalogue.image import read_images

image, words = sys.argv[1:]
(cases,) = (each.cases for each in read_images() if each.path.name == Path(image).name)
after = words.partition(" after=")[2]
cases = cases[cases.index(after) + 1 :] if after else cases
kernel = "kernel64" if "64" in Path(image).name else "kernel32"
print(f"trapline 1 mode={{kernel}} cpus=1 cases={{len(cases)}}")
for case in cases:
    print(f"begin {{case}}", *(f"#DB {{number:0{WIDTH - 4}}}" for number in range({LINES})), f"end {{case}}", sep="\\n")
print(f"bye cases={{len(cases)}} traps={{len(cases) * {LINES}}}")
"""

# In a small process of its own: what a child takes at most counts from before its exec, when it is its parent.
MEASURE = """
import os, subprocess, sys

child = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, usage = os.wait4(child.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss)
"""

pytestmark = [pytest.mark.soak, pytest.mark.skipif(os.name != "posix", reason="wait4() tells how much it took")]


@fault("guest", "a guest that writes 255,000 characters in each of all cases", "a run of less than 150 MB", 600)
def test_a_run_takes_little_memory_whatever_its_guest_says(private, tmp_path):
    program, platform = tmp_path / "guest", tmp_path / "flood.toml"
    program.write_text(GUEST)
    program.chmod(0o755)
    platform.write_text(f'name = "flood"\ncommand = ["{program}", "{{image}}", "{{cmdline}}"]\n')
    command = [sys.executable, "-m", "harness", "run", f"--platform={platform}"]
    with (tmp_path / "said").open("wb") as said:
        measure = [sys.executable, "-c", MEASURE, *command]
        done = subprocess.run(measure, cwd=ROOT, env=private, stdout=subprocess.PIPE, stderr=said, timeout=600)
    status, most = done.stdout.split()
    text = (tmp_path / "said").read_text()
    summary = text.partition("flood: red")[2].partition("\n")[0]
    assert int(status) == 1 and " differs" in summary and " hang" in summary, text[:2000]
    assert " unusable" not in summary and " cut" not in summary, summary
    assert int(most) < MOST
