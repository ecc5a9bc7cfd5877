# SPDX-License-Identifier: BSD-2-Clause
"""The verb repro: one known bug, looked for where it can show, with git bisect's exit codes, and a bundle to send."""

from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from harness.catalogue.image import Image, read_images, select
from harness.hunt.bundle import write_bundle
from harness.hunt.look import Finding, Presence, Search, anywhere, can_show, look_for
from harness.hunt.specimen import MODELS
from harness.judging.bugs import Bug, Sighting, as_list, matches
from harness.judging.result import Result
from harness.lab import cache
from harness.platform import LOCAL, Platform, Unusable, find_platforms
from harness.platform.kvm import KVM
from harness.platform.target import Target
from harness.report import terminal
from harness.runs.record import write_json
from harness.settings import Settings
from harness.symbolize.chain import explain
from harness.symbolize.dumps import read_dumps
from harness.symbolize.program import Program
from harness.system.errors import WrongQuestion
from harness.system.printable import printable
from harness.system.whole import write_whole
from harness.verbs.common import find_bug, make_room, writable
from harness.verbs.symbolize import lines

# git-bisect(1), "Bisect run": good, bad, cannot be tested.
STATUS = {Presence.ABSENT: 0, Presence.PRESENT: 1, Presence.UNKNOWN: 125}


def repro(settings: Settings, name: str) -> int:
    """Looks for the bug, says in a line for each platform what it saw, and returns the exit status."""
    console = terminal.make_console()
    bug = find_bug(name)
    images = select(read_images(), settings.case, settings.mode)
    json_path = writable(settings.json)
    make_room(console, settings)
    target = settings.target
    if target.accel or target.host != LOCAL:
        accel = target.accel or KVM.name
        platforms = _able(bug, find_platforms(target, accel), settings, images)
        findings = [_ask(console, bug, platform, settings, images) for platform in platforms]
    else:
        findings = [_ask_first(console, bug, settings, images)]
    if json_path:
        write_json(json_path, [as_json(finding) for finding in findings])
    seen = [finding.presence for finding in findings]
    worst = next(presence for presence in (Presence.PRESENT, Presence.UNKNOWN, Presence.ABSENT) if presence in seen)
    return STATUS[worst]


def as_json(finding: Finding) -> dict:
    return {
        "bug": finding.bug.name,
        "platform": finding.platform,
        "presence": finding.presence.value,
        "why": finding.why,
        "results": [result.as_json() for result in finding.results],
    }


def _shown_on(accel: str, seen: list[Sighting]) -> list[Sighting]:
    return [sighting for sighting in seen if matches(accel, sighting.where.get("accel", "*"))]


def _cpu(accel: str, seen: list[Sighting]) -> str:
    """A CPU model that shows it; "" where the platform's own does."""
    (_, own), *others = MODELS.get(accel, (("", "*"),))
    by_vendor = {own: "", **{vendor: model for model, vendor in others}}
    models = [
        as_list(sighting.where.get("cpu") or by_vendor.get(sighting.where.get("vendor", own), ""))[0]
        for sighting in seen
    ]
    return "" if "" in models else models[0]


def _never(bug: Bug, platform: Platform | Unusable, settings: Settings, images: list[Image]) -> str:
    """Why the bug cannot be told there, whichever version of the hypervisor is asked; empty if it may be."""
    if isinstance(platform, Unusable):
        return f"{platform.name} cannot be had: {platform.reason}" if platform.lacking else ""
    shows = can_show(bug, _search(platform, settings, images))
    return "" if shows else f"nothing asked for shows it on {platform.name}"


def _wrong(bug: Bug, reasons: list[str]) -> WrongQuestion:
    where = f"'python3 -m harness show {bug.name}' says where it shows"
    return WrongQuestion(f"BUG={bug.name}: {'; '.join(reasons)}: {where}, 'make lab' fetches kernels and QEMUs")


def _able(
    bug: Bug, platforms: list[Platform | Unusable], settings: Settings, images: list[Image]
) -> list[Platform | Unusable]:
    """Those that may tell in some version. Raises WrongQuestion if there is none, or one by name is not."""
    reasons = [_never(bug, platform, settings, images) for platform in platforms]
    wrong = [why for platform, why in zip(platforms, reasons) if why and platform.asked]
    if wrong or all(reasons):
        raise _wrong(bug, wrong or reasons)
    return [platform for platform, why in zip(platforms, reasons) if not why]


def _ask_first(console: Console, bug: Bug, settings: Settings, images: list[Image]) -> Finding:
    """The answer of the fastest platform that has one. Raises WrongQuestion if none may have one in any version."""
    in_vain: list[str] = []
    reasons: list[str] = []
    for target in _targets(bug, settings.target):
        for platform in find_platforms(target, ""):
            if why := _never(bug, platform, settings, images):
                reasons.append(why)
                continue
            finding = _ask(console, bug, platform, settings, images)
            if finding.presence is not Presence.UNKNOWN:
                return finding
            in_vain.append(finding.platform)
    if not in_vain:
        raise _wrong(bug, reasons or ["nothing that could show it is here"])
    words = f"asked in vain: {', '.join(in_vain)}"
    finding = Finding(bug, "any platform", Presence.UNKNOWN, words)
    console.print(Text(f"{finding}: {words}"))
    return finding


def _targets(bug: Bug, target: Target) -> Iterator[Target]:
    """Targets of one platform each, the fastest first: this machine, hosts on an emulated AMD CPU, then on Intel's.

    Of these, the newest kernels in which the bug was seen.
    """
    seen = anywhere(bug).seen
    accels = [name for name in ("kvm", "tcg", "bochs", "v86") if _shown_on(name, seen)]
    for accel in accels:
        cpu = target.hardware.cpu or _cpu(accel, _shown_on(accel, seen))
        yield replace(target, accel=accel, hardware=replace(target.hardware, cpu=cpu))
    if KVM.name in accels and not target.kernel:
        kernels = [item.version for item in cache.items() if item.kind == "linux"]
        for cpu, backend in (("amd", "kvm_amd"), ("intel", "kvm_intel")):
            for version in reversed(kernels):
                if any(sighting.may_show({"kernel": version, "backend": backend}) for sighting in bug.seen):
                    yield replace(target, accel=KVM.name, host=f"{cpu}:{version}")


def keep_dump(result: Result, images: list[Image]) -> list[str]:
    """The panic blocks in the guest's log, and the call chains below them; kept in dump.txt too. Empty for none."""
    text = (result.run / "serial.log").read_text(encoding="ascii", errors="replace")
    block = [line for line in text.splitlines() if line.startswith("panic ")]
    if not block:
        return []
    image = next(image for image in images if result.case in image.cases)
    program = Program(image.debug)
    said = [printable(line) for line in [*block, "", *lines(explain(read_dumps(text), program), program, 0)]]
    write_whole(result.run / "dump.txt", "\n".join([*said, ""]), encoding="utf-8")
    return said


def _search(platform: Platform, settings: Settings, images: list[Image]) -> Search:
    return Search(platform, settings.debugger, images, settings.jobs, settings.deadlines)


def _ask(console: Console, bug: Bug, platform: Platform | Unusable, settings: Settings, images: list[Image]) -> Finding:
    """What one platform shows; said in a line, with the bundle's place if the bug is there."""
    if isinstance(platform, Unusable):
        finding = Finding(bug, platform.name, Presence.UNKNOWN, platform.reason)
        console.print(Text(f"{finding} on {platform.name}: {platform.reason}"))
        return finding
    platform.backtraces = True
    finding, runner = look_for(bug, _search(platform, settings, images))
    console.print(Text(f"{finding} on {platform.name} ({platform.description}): {finding.why}"))
    if finding.presence is Presence.PRESENT:
        for line in keep_dump(finding.results[0], images):
            console.print(Text(line))
        bundle = write_bundle(finding, platform, runner.record.path)
        console.print(Text.assemble("bundle: ", terminal.link(console, bundle, str(bundle))))
    elif finding.results and finding.results[0].run:
        folder = finding.results[0].run
        console.print(Text.assemble("see ", terminal.link(console, folder, str(folder))))
    return finding
