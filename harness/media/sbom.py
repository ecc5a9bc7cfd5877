# SPDX-License-Identifier: BSD-2-Clause
"""What an archive holds, what it was made with and what it takes to run, as SPDX 2.3 in JSON (spdx.github.io)."""

import hashlib
import json
import re
import time

OWN_LICENSE = "BSD-2-Clause"
GRUB_LICENSE = "GPL-3.0-or-later"
DOCUMENT, OWN = "SPDXRef-DOCUMENT", "SPDXRef-Package-trapline"


def sbom(
    version: str, epoch: int, files: dict[str, bytes], iso: str, grub: str, tools: dict[str, str], needs: list[str]
) -> bytes:
    """The document for these files, by their paths in the archive, of which `iso` holds a GRUB, of version `grub`.

    `tools` are what built it, with their versions; `needs` what it takes to run.
    """
    entries = [_file(path, data, path == iso) for path, data in sorted(files.items())]
    sums = "".join(sorted(hashlib.sha1(data).hexdigest() for data in files.values()))
    code = hashlib.sha1(sums.encode("ascii")).hexdigest()
    grub_package = _package("GRUB", grub, GRUB_LICENSE) | {
        "comment": "Its BIOS modules, as the system packages them that built this, boot the ISO; unchanged."
    }
    packages = [
        _package("trapline", version, OWN_LICENSE)
        | {
            "filesAnalyzed": True,
            "packageVerificationCode": {"packageVerificationCodeValue": code},
            "hasFiles": [entry["SPDXID"] for entry in entries],
            "licenseInfoFromFiles": [OWN_LICENSE, GRUB_LICENSE],
        },
        grub_package,
        *(_package(name, its_version) for name, its_version in tools.items()),
        *(_package(name, "") for name in needs),
    ]
    relations = [
        (DOCUMENT, "DESCRIBES", OWN),
        (_id("File", iso), "CONTAINS", grub_package["SPDXID"]),
        *((_id("Package", name), "BUILD_TOOL_OF", OWN) for name in tools),
        *((_id("Package", name), "RUNTIME_DEPENDENCY_OF", OWN) for name in needs),
    ]
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": DOCUMENT,
        "name": f"trapline-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/trapline-{version}-{code}",
        "creationInfo": {
            "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "creators": [f"Tool: trapline-{version}"],
        },
        "packages": packages,
        "files": entries,
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in relations
        ],
    }
    return (json.dumps(document, indent=1) + "\n").encode("utf-8")


def _id(kind: str, name: str) -> str:
    """Letters, digits, dots and dashes are all that an identifier may have; what is replaced is told apart by a sum."""
    short = re.sub(r"[^A-Za-z0-9.-]", "-", name)
    mark = "" if short == name else f"-{hashlib.sha1(name.encode('utf-8')).hexdigest()[:8]}"
    return f"SPDXRef-{kind}-{short}{mark}"


def _file(path: str, data: bytes, has_grub: bool) -> dict:
    found = [OWN_LICENSE, GRUB_LICENSE] if has_grub else [OWN_LICENSE]
    return {
        "SPDXID": _id("File", path),
        "fileName": f"./{path}",
        "checksums": [
            {"algorithm": name.upper(), "checksumValue": hashlib.new(name, data).hexdigest()}
            for name in ("sha1", "sha256")
        ],
        "licenseConcluded": " AND ".join(found),
        "licenseInfoInFiles": found,
        "copyrightText": "NOASSERTION",
    }


def _package(name: str, version: str, license_name: str = "NOASSERTION") -> dict:
    return {
        "SPDXID": _id("Package", name),
        "name": name,
        "versionInfo": version or "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": license_name,
        "licenseDeclared": license_name,
        "copyrightText": "NOASSERTION",
    }
