# SPDX-License-Identifier: BSD-2-Clause
"""What apt is trusted with: an archive of the test's own, signed, changed and cut."""

import hashlib
import io
import shutil
import subprocess
import tarfile
import tempfile
from email.utils import formatdate
from pathlib import Path

import pytest

from harness.lab.apt import Suite
from harness.system.errors import WrongQuestion
from harness.tests.faults import fault

TOOLS = ("apt-get", "apt-cache", "dpkg-deb", "gpg", "gpgconf")
missing = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = pytest.mark.skipif(bool(missing), reason=f"no archive can be made here without {', '.join(missing)}")

CONTROL = "Package: hello\nVersion: 1:2.10-3\nArchitecture: amd64\nMaintainer: nobody <nobody@example.org>\n"
CONTROL += "Description: says hello\n"


class Archive:
    """A suite `test` with the package `hello`, signed by a key of its own."""

    def __init__(self, directory: Path, home: Path) -> None:
        self.directory = directory
        self._home = home
        tree = directory / "tree"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN" / "control").write_text(CONTROL)
        (tree / "hello").write_text("hello\n")
        self.package = directory / "hello.deb"
        self._run("dpkg-deb", "--build", "--root-owner-group", str(tree), str(self.package))
        data = self.package.read_bytes()
        index = f"{CONTROL}Filename: hello.deb\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
        self.suite = directory / "dists" / "test"
        (self.suite / "main" / "binary-amd64").mkdir(parents=True)
        (self.suite / "main" / "binary-amd64" / "Packages").write_text(index)
        digest = hashlib.sha256(index.encode()).hexdigest()
        release = f"Suite: test\nCodename: test\nDate: {formatdate(usegmt=True)}\nArchitectures: amd64\n"
        release += f"Components: main\nSHA256:\n {digest} {len(index)} main/binary-amd64/Packages\n"
        (directory / "Release").write_text(release)
        self.keyring = self.make_key("one")
        self._gpg(
            "--clearsign", "-u", "one@example.org", "-o", str(self.suite / "InRelease"), str(directory / "Release")
        )

    def make_key(self, name: str) -> Path:
        self._gpg("--passphrase", "", "--quick-gen-key", f"{name}@example.org", "ed25519", "sign", "never")
        path = self._home / f"{name}.gpg"  # which takes no blank
        self._gpg("--export", "-o", str(path), f"{name}@example.org")
        return path

    def fetch(self, keyring: Path) -> Path:
        """Where the package is unpacked."""
        state = Path(tempfile.mkdtemp(dir=self.directory))
        suite = Suite("test", self.directory.as_uri(), state, keyring)
        assert suite.candidate("hello") == "1:2.10-3" and suite.closure("hello") == ["hello"]
        suite.unpack(["hello"], state / "root")
        return state / "root"

    def _gpg(self, *arguments: str) -> None:
        self._run("gpg", "--homedir", str(self._home), "--batch", "--quiet", "--yes", *arguments)

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True)


@pytest.fixture
def archive(tmp_path):
    with tempfile.TemporaryDirectory(prefix="t-", dir="/tmp") as home:  # for its sockets, a short path
        yield Archive(tmp_path / "archive", Path(home))
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=False, capture_output=True)


def test_what_is_signed_and_whole_is_unpacked(archive):
    assert (archive.fetch(archive.keyring) / "hello").read_text() == "hello\n"


@fault("lab", "an archive signed by another key", "exit status 2: NO_PUBKEY, or not signed", 120)
def test_a_signature_by_another_key_is_refused_in_one_line(archive):
    with pytest.raises(WrongQuestion, match="^test: [EW]: .*(NO_PUBKEY|not signed)[^\n]*$"):
        archive.fetch(archive.make_key("two"))


@fault("lab", "an archive's index that was changed", "exit status 2: BADSIG", 120)
def test_an_index_that_was_changed_is_refused_in_one_line(archive):
    path = archive.suite / "InRelease"
    path.write_text(path.read_text().replace("Codename: test", "Codename: tesu"))
    with pytest.raises(WrongQuestion, match="^test: [^\n]*(BADSIG|not signed|signature)[^\n]*$"):
        archive.fetch(archive.keyring)


@fault("lab", "a package that is cut", "exit status 2: apt's own line", 120)
def test_a_package_that_was_cut_is_refused_in_one_line(archive):
    archive.package.write_bytes(archive.package.read_bytes()[:-10])
    with pytest.raises(WrongQuestion, match="^test: E: [^\n]*$"):
        archive.fetch(archive.keyring)


@fault("lab", "a package that was changed", "exit status 2: apt's own line", 120)
def test_a_package_that_was_changed_is_refused_in_one_line(archive):
    data = bytearray(archive.package.read_bytes())
    data[-1] ^= 1
    archive.package.write_bytes(data)
    with pytest.raises(WrongQuestion, match="^test: E: [^\n]*$"):
        archive.fetch(archive.keyring)


@fault("lab", "an archive that is gone", "exit status 2: apt's own line", 120)
def test_an_archive_that_is_gone_is_said_in_one_line(archive):
    shutil.rmtree(archive.suite)
    with pytest.raises(WrongQuestion, match="^test: E: [^\n]*$"):
        archive.fetch(archive.keyring)


def deb(path: Path, entries: list[tarfile.TarInfo]) -> None:
    """A package with these files, of one byte each, that dpkg-deb would not build: an ar archive of tar archives."""
    parts = [("debian-binary", b"2.0\n")]
    control = tarfile.TarInfo("./control")
    for name, inside, data in (("control.tar", [control], CONTROL.encode()), ("data.tar", entries, b"x")):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            for entry in inside:
                entry.size = len(data) if entry.isreg() else 0
                archive.addfile(entry, io.BytesIO(data))
        parts.append((name, packed.getvalue()))
    text = b"!<arch>\n"
    for name, data in parts:
        text += (
            f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
        )
    path.write_bytes(text)


@fault("lab", "a package with paths that lead out of it", "nothing is written there")
def test_a_package_writes_nothing_outside_of_its_place(tmp_path):
    """Neither by a path nor through a link, even if whoever signs packages wanted it to."""
    outside = tmp_path / "a" / "outside"
    outside.mkdir(parents=True)
    link = tarfile.TarInfo("./link")
    link.type, link.linkname = tarfile.SYMTYPE, str(outside)
    names = ["./good", "../../outside/up", str(outside / "absolute"), "./link/through"]
    deb(tmp_path / "x.deb", [tarfile.TarInfo("./good"), link, *map(tarfile.TarInfo, names[1:])])
    target = tmp_path / "a" / "b" / "root"
    target.mkdir(parents=True)
    subprocess.run(["dpkg-deb", "-x", tmp_path / "x.deb", target], capture_output=True, check=False)
    assert (target / "good").read_bytes() == b"x"
    assert list(outside.iterdir()) == [] and sorted(path.name for path in tmp_path.iterdir()) == ["a", "x.deb"]
