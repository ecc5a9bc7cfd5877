# SPDX-License-Identifier: BSD-2-Clause
"""A browser's window, for the tests of pages."""

from collections.abc import Iterator

import pytest

from harness.bench.browser import Browser, browser


@pytest.fixture(scope="module")
def window(tmp_path_factory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened
