# SPDX-License-Identifier: BSD-2-Clause
"""How templates are filled in: strictly, and compiled once, not by each command again."""

import hashlib
import json
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket

from harness.system.places import BUILD

COMPILED = BUILD / "__pycache__" / "templates"


def make_environment(templates: Path, **options: Any) -> jinja2.Environment:
    """What fills the templates of a folder in, by jinja2's `options`, which are JSON's values."""
    options |= {"trim_blocks": True, "lstrip_blocks": True}
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates),
        undefined=jinja2.StrictUndefined,
        bytecode_cache=_Compiled(options),
        **options,
    )


class _Compiled(jinja2.FileSystemBytecodeCache):
    """What templates were compiled to; where it can't be read or kept, they are compiled again."""

    def __init__(self, options: dict[str, Any]) -> None:
        compiled_by = hashlib.sha1(json.dumps([jinja2.__version__, options], sort_keys=True).encode()).hexdigest()
        super().__init__(str(COMPILED), f"%s.{compiled_by}")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            super().load_bytecode(bucket)
        except Exception:  # whatever pickle and marshal raise of a file that is broken
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        try:
            COMPILED.mkdir(parents=True, exist_ok=True)
            super().dump_bytecode(bucket)
        except OSError:
            pass
