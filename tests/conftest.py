"""What several tests share: the corpus and servers that lie beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the shared corpus, hostile server and Bot API server; without it the test is skipped, with the reason."""
    named = os.environ.get("BAYAN_SHARED")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        if os.environ.get("BAYAN_REQUIRE_SHARED") == "1":
            pytest.fail(f"BAYAN_REQUIRE_SHARED=1, but there is no folder {folder}")
        pytest.skip("needs the shared corpus: set BAYAN_SHARED")
    return folder
