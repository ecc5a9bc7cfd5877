# SPDX-License-Identifier: BSD-2-Clause
"""Runs as they are kept, made up: what a test puts into them, and one in which all text is hostile."""

import json
from dataclasses import replace
from pathlib import Path

from harness.judging.result import Judgement, Named, Result, Verdict
from harness.runs import read
from harness.runs.merge import merge

NASTY = "<script>alert(1)</script>\x1b[31m\u202e`|*x*_[a](http://b.c)_@you\n# x"


def verdict(
    case="int3@kernel64",
    platform="tcg",
    debugger="detached",
    ending=Verdict.PASS,
    judged=Judgement(Verdict.PASS),
    **more,
) -> dict:
    result = Result(case, platform, debugger, replace(judged, verdict=ending), **more)
    return result.as_json() | result.logs_as_json()


def keep(folder: Path, results: list[dict] | None, platform: str = "tcg", **table) -> Path:
    folder.mkdir(parents=True)
    (folder / "platform.json").write_text(json.dumps({"platform": platform} | table))
    if results is not None:
        (folder / "verdict.json").write_text(json.dumps(results))
    return folder


def nasty_run(place: Path) -> tuple[list[str], list[Result]]:
    """A run in which everything that can be text is hostile."""
    judged = Judgement(Verdict.PASS, NASTY, (NASTY,), (Named(NASTY, NASTY),), remarks=(NASTY,))
    differs = verdict(f"{NASTY}@kernel64", NASTY, NASTY, Verdict.DIFFERS, judged)
    differs |= {"required": [NASTY, "same"], "seen": [f"{NASTY} 1", "same"]}
    crash = verdict("b@kernel64", NASTY, "detached", Verdict.CRASH, judged, seen=[NASTY], required=["x"])
    unusable = verdict("c@kernel64", NASTY, "step", Verdict.UNUSABLE, judged, seen=[NASTY])
    known = verdict("d@kernel64", NASTY, "detached", Verdict.KNOWN, judged)
    host = {"system": NASTY, "cpu": NASTY}
    folder = keep(
        place / "runs" / "a\x1b<b>",
        [differs, crash, unusable, known],
        NASTY,
        description=NASTY,
        remarks=[NASTY],
        reservations=[NASTY],
        host=host,
        image={"name": NASTY, "sha256": NASTY},
    )
    (folder / "stderr.log").write_text(NASTY)
    keep(place / "runs" / "b", [], NASTY, qemu=NASTY, image={"name": NASTY, "sha256": "x"})
    return merge(read.read([place / "runs"]))
