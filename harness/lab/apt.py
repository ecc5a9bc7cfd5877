# SPDX-License-Identifier: BSD-2-Clause
"""Packages of any of Debian's suites, beside the system's own: unprivileged, verified by Debian's keyring."""

import re
import shutil
from pathlib import Path

from harness.system import process
from harness.system.errors import WrongQuestion

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

DEADLINE = 1800.0  # seconds for one apt; a download that makes no progress, apt ends earlier by itself
SILENCE = "30"  # seconds without a byte from the mirror

HINT = "get them yourself, and say KERNEL=bzImage, with MODULES=directory unless KVM is built in, and QEMU=path"


def mirror() -> str:
    """Where this system gets Debian's packages from, by its own settings."""
    for program in ("apt-get", "dpkg-deb"):
        if shutil.which(program) is None:
            raise WrongQuestion(f"{program} is not there: only Debian's kernels and QEMUs can be fetched; {HINT}")
    wanted = ["Created-By: Packages", "Origin: Debian", "Label: Debian"]
    _, output = process.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", *wanted], DEADLINE)
    addresses = [line for line in output.splitlines() if re.match(r"\w+:/", line)]
    if not addresses:
        raise WrongQuestion(f"apt knows no mirror of Debian here (if it is one, run apt-get update); else {HINT}")
    if not KEYRING.exists():
        raise WrongQuestion(f"{KEYRING} is not there: install debian-archive-keyring, for nothing is taken unverified")
    return addresses[0]


def complaint(output: str) -> str:
    """The line of apt's or dpkg's output that says best what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    for telling in (".*No space left on device", "E: ", "Err:", "W: ", "dpkg"):
        for line in lines:
            if re.match(telling, line) and "pkgAcquire::Run" not in line:
                return line
    return lines[-1] if lines else "without a word"


class Suite:
    """One suite's packages, with apt's state in `directory`."""

    def __init__(self, name: str, address: str, directory: Path, keyring: Path = KEYRING) -> None:
        """Gets the suite's index."""
        self.name = name
        self._directory = directory
        for part in ("lists/partial", "cache/archives/partial"):
            (directory / part).mkdir(parents=True)
        source = f"deb [arch=amd64 signed-by={keyring}] {address} {name} main\n"
        (directory / "sources.list").write_text(source, encoding="utf-8")
        settings = {
            "APT::Architecture": "amd64",
            "APT::Architectures": "amd64",
            "APT::Sandbox::User": "root",
            "APT::Update::Error-Mode": "any",
            "APT::Install-Recommends": "false",
            "Acquire::AllowInsecureRepositories": "false",
            "Acquire::Languages": "none",
            "Acquire::Retries": "2",
            "Acquire::http::Timeout": SILENCE,
            "Acquire::https::Timeout": SILENCE,
            "Dir::Cache": directory / "cache",
            "Dir::Etc::SourceList": directory / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": "/dev/null",
            "Dir::State": directory,
            "Dir::State::Lists": directory / "lists",
            "Dir::State::Status": "/dev/null",
        }
        self._options = [f"-o{name}={value}" for name, value in settings.items()]
        self._apt("update", "-q")

    def candidate(self, package: str) -> str:
        """The version that the suite has."""
        found = re.search(r"Candidate: (\S+)", self._run(["apt-cache", *self._options, "policy", package]))
        if found is None or found.group(1) == "(none)":
            raise WrongQuestion(f"{self.name} has no package {package}")
        return found.group(1)

    def closure(self, *packages: str) -> list[str]:
        """The packages and all that they depend on, of alternatives those that are named."""
        return re.findall(r"^Inst (\S+)", self._apt("install", "-s", *packages), re.MULTILINE)

    def unpack(self, packages: list[str], target: Path) -> None:
        """Downloads the packages and unpacks them."""
        debs = self._directory / "debs"
        debs.mkdir(exist_ok=True)
        self._apt("download", "-q", *packages, cwd=debs)
        for file in sorted(debs.glob("*.deb")):
            self._run(["dpkg-deb", "-x", str(file), str(target)])
            file.unlink()

    def _apt(self, verb: str, *arguments: str, **options) -> str:
        return self._run(["apt-get", *self._options, verb, *arguments], **options)

    def _run(self, command: list[str], **options) -> str:
        status, output = process.run(["env", "LC_ALL=C", *command], DEADLINE, **options)
        if status is None:
            raise WrongQuestion(f"{self.name}: {command[0]} did not end within {DEADLINE:g} s")
        if status:
            raise WrongQuestion(f"{self.name}: {complaint(output)}")
        return output
