# SPDX-License-Identifier: BSD-2-Clause
"""The verb judge: logs that were captured elsewhere."""

from collections.abc import Callable
from dataclasses import replace

from rich.text import Text

from harness.catalogue.log import Log
from harness.catalogue.required import RequiredLogs
from harness.judging.bugs import Bug, read_bugs
from harness.judging.judge import Evidence, judge
from harness.judging.result import EVERY_CASE, REST, Judgement, Result, Verdict
from harness.report import terminal
from harness.runs import captured
from harness.runs.captured import Circumstances
from harness.system.places import BUILD, CASES, ROOT
from harness.system.printable import printable
from harness.vm.outcome import lacking


def judge_logs(sources: list[str]) -> int:
    """Judges each log by the required logs, with the machine that it came from as the platform."""
    console = terminal.make_console()
    required, bugs = RequiredLogs(CASES), read_bugs(ROOT / "bugs")
    results: list[Result] = []
    remarks: list[str] = []
    progress = terminal.make_progress_console()
    with progress.status("reading") as status:
        for source in dict.fromkeys(sources):
            data = captured.read(source, BUILD / "captured", lambda line: status.update(Text(line[:60])))
            text, circumstances = captured.text_of(data), captured.circumstances(source)
            results += judge_log(text, printable(source), required, bugs, circumstances, remarks.append)
    terminal.print_table(console, results)
    for words in remarks:
        console.print(Text(words))
    terminal.print_by_platform(console, results, {bug.name: bug for bug in bugs})
    return 0 if all(result.verdict.green for result in results) else 1


def judge_log(
    text: str,
    source: str,
    required: RequiredLogs,
    bugs: list[Bug],
    circumstances: Circumstances = Circumstances(),
    say: Callable[[str], None] = lambda words: None,
) -> list[Result]:
    """The results of all runs of the guest in a log; a machine's runs share a column unless they repeat each other.

    What was done to the log's lines goes to `say`, and what could not be, where it may be why a result is not green.
    """
    runs = captured.runs_in(text, source)
    results: list[Result] = []
    judged: set[tuple[str, str]] = set()
    for number, log in enumerate(runs, 1):
        name = f"{source} {_machine(log)}"
        mine = _judge_run(log, name, required, bugs, circumstances)
        if not judged.isdisjoint((result.case, result.platform) for result in mine):
            mine = [replace(result, platform=f"{name} (run {number})") for result in mine]
        judged |= {(result.case, result.platform) for result in mine}
        results += mine
        green = all(result.verdict.green for result in mine)
        for words in (*log.repairs, *([] if green else log.doubts)):
            say(f"{name}: {words}")
    if len(runs) == captured.MOST_RUNS:
        words = f"the guest has begun {len(runs)} times or more: no run after that was read"
        results.append(Result(REST, source, circumstances.debugger, Judgement(Verdict.CUT, words)))
    return results


def _machine(log: Log) -> str:
    cpu = [log.cpu.get(key, "?") for key in ("vendor", "family", "model", "stepping")]
    hypervisor = f" below {log.cpu['hypervisor']}" if "hypervisor" in log.cpu else ""
    return f"{cpu[0]} {'.'.join(cpu[1:])}{hypervisor}"


def _judge_run(
    log: Log, name: str, required: RequiredLogs, bugs: list[Bug], circumstances: Circumstances
) -> list[Result]:
    results = []
    facts = circumstances.facts | {"vendor": log.cpu.get("vendor", ""), "cpus": log.plan.get("cpus", "")}
    blocks = {block.case: block for block in log.blocks}
    ended = log.ending.case if log.ending else ""
    for case in dict.fromkeys([*blocks, *filter(None, [ended])]):
        ending = log.ending if case == ended else None
        evidence = Evidence(blocks.get(case), None, ending, output=circumstances.output)
        results.append(judge(case, name, circumstances.debugger, facts, evidence, required, bugs))
    if log.needs:
        results.append(Result(EVERY_CASE, name, circumstances.debugger, Judgement(Verdict.UNUSABLE, lacking(log))))
    elif log.ending and not ended:
        judgement = Judgement(Verdict(log.ending.verdict), log.ending.reason, log.ending.circumstances)
        results.append(Result(REST, name, circumstances.debugger, judgement))
    elif not results or not log.ending and not log.whole and log.open_block is None:
        words = f"the log is not whole: {log.missing}" if log.missing else "the guest ran no case"
        results.append(Result(REST, name, circumstances.debugger, Judgement(Verdict.CUT, words)))
    return results
