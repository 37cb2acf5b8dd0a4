"""The first page's words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.reports.report_pdf.title import span_text
from tests.engine.result_factory import make_result


@pytest.mark.parametrize(
    ("first", "hours", "text"),
    [
        ("2024-03-01T00:00:00", 24, "Fri 01 Mar 2024"),
        ("2024-03-01T00:00:00", 48, "Fri 01 Mar – Sat 02 Mar 2024"),
        ("2024-12-31T00:00:00", 48, "Tue 31 Dec 2024 – Wed 01 Jan 2025"),
    ],
)
def test_a_span_names_each_day_and_year_once(first: str, hours: int, text: str) -> None:
    result = make_result()
    times = np.datetime64(first, "s") + np.arange(hours) * np.timedelta64(3600, "s")
    empty = {kpi.id: np.zeros((len(result.panel.cells), hours), np.float32) for kpi in result.panel.kpis}
    flags = {name: values.astype(np.uint8) for name, values in empty.items()}
    panel = dataclasses.replace(result.panel, times=times, period_s=3600, zone="UTC", values=empty, flags=flags)
    assert span_text(dataclasses.replace(result, panel=panel)) == text
