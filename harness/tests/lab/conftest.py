# SPDX-License-Identifier: BSD-2-Clause
"""What tests of emulated hosts share."""

from pathlib import Path

import pytest

from harness.lab import cache


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return cache.root()
