# SPDX-License-Identifier: BSD-2-Clause
"""What the verbs do: each function returns the exit code."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from harness import captured, report
from harness.bench import catalogue_against_empty, debugger_modes, emulated_host
from harness.captured import Circumstances
from harness.bless import Answer, Decision, Name, answer_of, bless_log, decide, decide_steps, log_path, steps_of
from harness.bugs import Bug, classify, foretold, read_bugs
from harness.debugger import MODES, find_gdb, variables
from harness.disassembly import complaints
from harness.dist import make_dist
from harness.errors import WrongQuestion
from harness.image import Image, modes_of, read_images, select
from harness.iso import make_iso, uefi_obstacle
from harness.log import Log
from harness.matrix import Cell, Check, check_all, platforms_at_hand, print_checks
from harness.platform import Platform, Unusable, find_platforms, modes_asked_of
from harness.platform.lab import LabKVM
from harness.printable import printable
from harness.record import write_json
from harness.repro import find_bug
from harness.repro import repro as look_where_it_shows
from harness.required import GUEST, SCRIPTED, STEPS, RequiredLogs, read_blocks
from harness.runner import Group, Runner, judge, make_groups
from harness.settings import ROOT, Settings
from harness.verdict import Result, Verdict


def list_all(settings: Settings) -> int:
    """Prints the cases with their modes, the platforms, the debugger modes, the bugs."""
    console = report.make_console()
    images = select(read_images(settings.build), settings.case, settings.mode)
    modes: dict[str, list[str]] = {}
    for image in images:
        for case in image.cases:
            name, _, mode = case.partition("@")
            modes.setdefault(name, []).append(mode)
    console.print(Text("cases", style="bold"))
    for name, its_modes in sorted(modes.items()):
        console.print(Text(f"  {name}: {' '.join(its_modes)}"))
    console.print(Text("platforms", style="bold"))
    report.print_platforms(console, find_platforms(settings, default="all"))
    console.print(Text("debugger modes", style="bold"))
    console.print(Text(f"  {' '.join(MODES)}{'' if find_gdb() else ' (but gdb is not on the PATH)'}"))
    console.print(Text("known bugs", style="bold"))
    for bug in read_bugs(ROOT / "bugs"):
        predicted = all(sighting.basis == "source" for sighting in bug.seen)
        console.print(Text(f"  {bug.name}: {bug.title}{' (predicted from source, not seen)' if predicted else ''}"))
    return 0


def run(settings: Settings) -> int:
    """Boots everywhere, compares, prints the table."""
    console = report.make_console()
    images = select(read_images(settings.build), settings.case, settings.mode)
    json_path = _writable(settings.json)
    platforms = find_platforms(settings, default="all")
    report.print_platforms(console, platforms)
    usable = [platform for platform in platforms if isinstance(platform, Platform)]
    wanted = [platform for platform in platforms if isinstance(platform, Unusable) and platform.asked]
    groups = make_groups(usable, settings.debugger, images)
    results = _run_groups(console, settings, groups, lambda runner: _unusable(runner, wanted, settings, images))
    results.sort(key=lambda result: [platform.name for platform in platforms].index(result.platform))
    if not results:
        raise WrongQuestion("no platform is usable here, for the reasons above")
    console.print()
    report.print_table(console, results)
    console.print()
    report.print_problems(console, results)
    report.print_summary(console, results, platforms)
    if json_path:
        write_json(json_path, [result.as_json() for result in results])
    return 0 if all(result.verdict.green for result in results) else 1


def iso(settings: Settings) -> int:
    """Makes the ISO with both images, set to run the cases that CASE and MODE ask for."""
    images = read_images(settings.build)
    choice = {"screen": "vga"}
    if settings.case or settings.mode:
        chosen = select(images, settings.case, settings.mode)
        choice["cases"] = ",".join(case for image in chosen for case in image.cases)
    path = settings.build / "trapline.iso"
    no_uefi = uefi_obstacle()
    make_iso(path, [image.path for image in images], settings.timeout_multiplier, uefi=not no_uefi, **choice)
    firmware = f"BIOS (not for UEFI: {no_uefi})" if no_uefi else "BIOS and UEFI"
    report.make_console().print(Text(f"{path}: {path.stat().st_size / 1e6:.1f} MB, for {firmware}"))
    return 0


def dist(settings: Settings) -> int:
    """Packs what running takes where there is no compiler."""
    path = make_dist(settings.timeout_multiplier)
    report.make_console().print(Text(f"{path}: {path.stat().st_size / 1e6:.1f} MB"))
    return 0


def write_addresses(settings: Settings) -> int:
    """Writes build/MODE.gdb, from which harness/gdb/by_hand.gdb has its addresses, for each mode."""
    for image in read_images(settings.build):
        for mode in modes_of(image.name):
            path = settings.build / f"{mode}.gdb"
            path.write_text("\n".join([*variables(image), ""]), encoding="utf-8")
            report.make_console().print(Text(str(path)))
    return 0


def bless(settings: Settings, choice: str, replace: bool, directory: Path = ROOT / "cases") -> int:
    """Asks all implementations at hand for the case CASE, and writes its required log by their answers."""
    console = report.make_console()
    images = read_images(settings.build)
    names = sorted({case.partition("@")[0] for image in images for case in image.cases})
    if settings.case not in names:
        raise WrongQuestion(f"there is no case {settings.case}: there are {', '.join(names)}")
    if (rules := ROOT / "cases" / f"{settings.case}.toml").exists():
        raise WrongQuestion(f"what {settings.case} requires is computed by the rules in {rules.relative_to(ROOT)}")
    images = select(images, settings.case, settings.mode)
    platforms = find_platforms(settings, default="all")
    report.print_platforms(console, platforms)
    asked = [platform for platform in platforms if isinstance(platform, Platform) and not platform.reservations]
    for name in [platform.name for platform in platforms if isinstance(platform, Platform) and platform.reservations]:
        console.print(Text(f"{name}: not asked, for it is no reference"))
    descriptions = {platform.name: platform.description for platform in asked}
    if choice and choice not in descriptions:
        raise WrongQuestion(f"--choose {choice}: it is none of those that are asked: {', '.join(descriptions)}")
    detached = _run_groups(console, settings, make_groups(asked, "detached", images))
    console.print()
    settled = [
        bless_log(console, path, answers, descriptions, lambda name, said: decide(said, choice), replace)
        for path, answers in _by_log(directory, [(result, GUEST, answer_of(result)) for result in detached]).items()
    ]
    stepping = [platform for platform in asked if "step" in platform.debuggers]
    gdb = find_gdb()
    if not stepping or not gdb:
        console.print(
            Text("no steps: gdb is not on the PATH" if stepping else "no steps: none that is asked has a gdb")
        )
        return 1
    alone = {(result.platform, result.case): result for result in detached}
    steps = _run_groups(console, settings, make_groups(stepping, "step", images))
    console.print()
    said = [(result, STEPS, steps_of(result, alone[result.platform, result.case])) for result in steps]
    for path, answers in _by_log(directory, said).items():
        by_code = partial(_decide_steps, images, gdb, read_blocks(path) if path.exists() else {})
        settled.append(bless_log(console, path, answers, descriptions, by_code, replace))
    scripts = _run_groups(console, settings, make_groups(stepping, "script", images))
    console.print()
    said = [(result, GUEST, steps_of(result, alone[result.platform, result.case])) for result in scripts]
    for path, answers in _by_log(directory, said, SCRIPTED).items():
        settled.append(
            bless_log(console, path, answers, descriptions, lambda name, said: decide(said, choice), replace)
        )
    return 0 if settled and all(settled) else 1


def _decide_steps(
    images: list[Image], gdb: str, required: dict[Name, list[str]], name: Name, said: list[Answer]
) -> Decision:
    if (GUEST, name[1]) not in required:
        return Decision(None, "there is no required log of the guest yet")
    steps = next((answer.lines for answer in said if answer.lines is not None), None)
    image = next(image for image in images if name[1] in image.cases)
    return decide_steps(said, complaints(image, gdb, name[1], steps, required[GUEST, name[1]]) if steps else [])


def _by_log(
    directory: Path, said: list[tuple[Result, str, Answer]], suffix: str = ""
) -> dict[Path, dict[Name, list[Answer]]]:
    """The answers by required log and block; each comes with its result and the word that begins its block."""
    questions: dict[Path, dict[Name, list[Answer]]] = {}
    for result, word, answer in said:
        path = directory / f"{result.name}{suffix}" if suffix else log_path(directory, result.name, result.vendor)
        questions.setdefault(path, {}).setdefault((word, result.case), []).append(answer)
    return questions


def bench(settings: Settings) -> int:
    """Prints how long things take, as ratios."""
    console = report.make_console()
    images = select(read_images(settings.build), settings.case, settings.mode)
    platforms = find_platforms(settings, default="tcg")
    report.print_platforms(console, platforms)
    for platform in platforms:
        if isinstance(platform, Unusable):
            return 1
        if isinstance(platform, LabKVM):
            emulated_host(console, settings, platform, images)
            continue
        catalogue_against_empty(console, settings, platform, images)
        debugger_modes(console, settings, platform, images)
    return 0


def bugs(settings: Settings, names: list[str]) -> int:
    """Holds the bugs' files against everything at hand; 1 if one is wrong."""
    console = report.make_console()
    json_path = _writable(settings.json)
    images = select(read_images(settings.build), settings.case, settings.mode)
    chosen = [find_bug(name) for name in names] if names else read_bugs(ROOT / "bugs")
    checks: list[Check] = []
    with report.make_progress_console().status("looking") as status:
        for platform in platforms_at_hand(settings):
            report.print_platforms(console, [platform])
            if isinstance(platform, Platform):
                for check in check_all(chosen, platform, settings, images):
                    checks.append(check)
                    status.update(f"{platform.name}: {check.bug.name}")
    console.print()
    print_checks(console, checks)
    counts = {cell: sum(check.cell is cell for check in checks) for cell in Cell}
    console.print(Text(", ".join(f"{count} {cell.value}" for cell, count in counts.items() if count)))
    if json_path:
        write_json(json_path, [check.as_json() for check in checks])
    return 1 if any(check.cell.wrong for check in checks) else 0


def repro(settings: Settings, name: str) -> int:
    """Looks for the bug, and returns git bisect's exit status."""
    return look_where_it_shows(settings, name, _writable(settings.json))


def _unusable(runner: Runner, platforms: list[Unusable], settings: Settings, images: list[Image]) -> list[Result]:
    return [
        result
        for platform in platforms
        for result in runner.unusable(platform, modes_asked_of(platform, settings.debugger), images)
    ]


def _run_groups(
    console: Console,
    settings: Settings,
    groups: list[Group],
    before: Callable[[Runner], list[Result]] = lambda runner: [],
) -> list[Result]:
    """What `before` gives, and the groups' results, with progress on a terminal and a line for each group elsewhere."""
    progress = report.make_progress_console()
    with progress.status("booting") as status:
        runner = Runner(settings, lambda group, case: status.update(f"{group.platform.name} {group.debugger}: {case}"))
        results = before(runner)
        for group, settled in zip(groups, runner.run_all(groups), strict=True):
            results += settled
            if not progress.is_terminal:
                bad = sum(not result.verdict.green for result in settled)
                words = f"cases: {len(settled)}" + (f", not green: {bad}" if bad else "")
                console.print(Text(f"{group.platform.name} {group.debugger} {group.image.name}: {words}"))
    return results


def _writable(name: str) -> Path | None:
    """The file of JSON=..., found out to be writable before the work begins."""
    if not name:
        return None
    try:
        with open(name, "a", encoding="utf-8"):
            return Path(name)
    except OSError as error:
        raise WrongQuestion(f"JSON={name}: cannot be written: {error.strerror}") from None


def judge_logs(sources: list[str]) -> int:
    """Judges each log by the required logs, with the machine that it came from as the platform."""
    console = report.make_console()
    required, bugs = RequiredLogs(ROOT / "cases"), read_bugs(ROOT / "bugs")
    results: list[Result] = []
    progress = report.make_progress_console()
    with progress.status("reading") as status:
        for source in sources:
            data = captured.read(source, ROOT / "build" / "captured", lambda line: status.update(Text(line[:60])))
            results += judge_log(
                captured.text_of(data), printable(source), required, bugs, captured.circumstances(source)
            )
    report.print_table(console, results)
    console.print()
    report.print_problems(console, results)
    report.print_summary(console, results, [])
    return 0 if all(result.verdict.green for result in results) else 1


def judge_log(
    text: str, source: str, required: RequiredLogs, bugs: list[Bug], circumstances: Circumstances = Circumstances()
) -> list[Result]:
    """The results of all runs of the guest in a log; a machine's runs share a column unless they repeat each other."""
    runs = captured.find_runs(text)
    if not runs:
        raise WrongQuestion(f"{source}: holds no log of this guest: the line 'trapline 1 ...' is not there")
    results: list[Result] = []
    for number, log in enumerate(runs, 1):
        name = f"{source} {_machine(log)}"
        mine = _judge_run(log, name, required, bugs, circumstances)
        if {(result.case, result.platform) for result in mine} & {(result.case, result.platform) for result in results}:
            for result in mine:
                result.platform = f"{name} (run {number})"
        results += mine
    return results


def _machine(log: Log) -> str:
    cpu = [log.cpu.get(key, "?") for key in ("vendor", "family", "model", "stepping")]
    hypervisor = f" below {log.cpu['hypervisor']}" if "hypervisor" in log.cpu else ""
    return f"{cpu[0]} {'.'.join(cpu[1:])}{hypervisor}"


def _judge_run(
    log: Log, name: str, required: RequiredLogs, bugs: list[Bug], circumstances: Circumstances
) -> list[Result]:
    results = []
    vendor = log.cpu.get("vendor", "")
    for block in log.blocks:
        lines = required.lines(block.case, vendor, block.lines)
        verdict, reason = judge(block, lines) if block.complete else (Verdict.CUT, "the log ends within this case")
        result = Result(block.case, name, circumstances.debugger, verdict, reason, seen=block.lines, required=lines)
        result.complete, result.vendor = block.complete, vendor
        result.remarks = required.remarks(block.case, block.lines) if block.complete else []
        facts = circumstances.facts | {"vendor": vendor, "cpus": log.plan.get("cpus", "")}
        result.remarks += foretold(result, facts, bugs)
        classify(result, facts, bugs)
        results.append(result)
    if not log.whole and (log.open_block is None or not results):
        words = f"{len(log.blocks)} of {log.plan.get('cases', '?')} cases are there, and no bye that counts them"
        results.append(Result("(the rest)", name, circumstances.debugger, Verdict.CUT, words))
    return results
