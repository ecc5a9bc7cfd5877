# SPDX-License-Identifier: BSD-2-Clause
"""A bug, as its file is read."""

import pytest

from harness.judging.bugs import read_bug


@pytest.fixture
def bug(tmp_path):
    def make(text):
        path = tmp_path / "bug-1.toml"
        path.write_text(text)
        return read_bug(path)

    return make
