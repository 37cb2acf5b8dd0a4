"""The first page's words."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.errors import Reason
from engine.reports.report_pdf.title import network_name, span_text
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


def test_the_network_is_named_by_files_that_were_measured_in() -> None:
    result = make_result()
    inputs = tuple((name, 1, "") for name in ("LICENSE.upstream", "cdr.csv", "readme.txt", "more.csv"))
    left_out = Reason("files_left_out", {"count": 2, "files": "LICENSE.upstream, readme.txt"})
    result = dataclasses.replace(
        result,
        record=dataclasses.replace(result.record, inputs=inputs),
        quality=dataclasses.replace(result.quality, notes=(left_out,)),
    )
    assert network_name(result) == "cdr and 1 more file"
