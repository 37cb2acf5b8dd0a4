"""What to check first."""

from __future__ import annotations

import pytest

from engine.attribute.causes import CAUSES
from engine.text import MESSAGES


@pytest.mark.parametrize("kind", [*CAUSES, "unknown"])
def test_there_is_advice_for_every_cause(kind: str) -> None:
    assert MESSAGES[f"check_{kind}"].strip()
