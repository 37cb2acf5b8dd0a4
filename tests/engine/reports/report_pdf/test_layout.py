"""No text of the report stands in another or outside the margins, whatever is to be told and however long its names."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from engine import pipeline, simulate
from engine.attribute.causes import CAUSES
from engine.data import AnomalyType, Cause, Quality, Result, Severity
from engine.errors import Reason
from engine.monitor import Monitor
from engine.reports.report_pdf import ReportPdf, incident_pages, lettering
from engine.reports.report_pdf.sheet import BOTTOM, LEFT, PAGE_HEIGHT, TOP, WIDTH, Column, Sheet
from engine.settings import preset
from tests.engine.reports.report_pdf import boxes
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import empty_result, make_result

LONG = "Bahnhofstraße Nord–Südwest Sektor "
ALL_KINDS = tuple(CAUSES)[:10]
NAMED = ("baseline", "garch", "kmeans", "nnar", "gaussian", "flatline", "convlstm", "boosting")
NAMES = {
    "plain": ("Roma {} S2", "rrc_conn_att"),
    "long": (LONG * 4 + "{}", "L.RRC.ConnReq.Att.Max.Of.All.Slices." * 3),
    "one word": ("x" * 300 + "{}", "y" * 300),
    "Arabic": ("تهران میدان آزادی ۱۲ شمال غربی {}", "تعداد تماس‌های قطع شده"),
    "Chinese": ("北京市朝阳区望京西园四区室外宏站第三扇区" * 2 + "{}", "无线资源控制连接建立请求次数" * 3),
    "mixed": ("Cell 望京西 تهران (A-{}) / Göteborg Ängö", "VoLTE 掉话率 [%]"),
}


def text_boxes(result: Result, folder: Path) -> list[list[boxes.TextBox]]:
    ReportPdf().write(result, folder / "report.pdf", Monitor())
    return boxes.pages(folder / "report.pdf")


def assert_tidy(pages: list[list[boxes.TextBox]]) -> None:
    for page in pages:
        assert boxes.overlaps(page) == []
        for box in page:
            assert box.x0 >= LEFT - 0.5, box
            assert box.x1 <= LEFT + WIDTH + 0.5, box
            assert box.y0 >= BOTTOM - 24, box
            assert box.y1 <= PAGE_HEIGHT - TOP + 20, box


def renamed(result: Result, cell: str, kpi: str) -> Result:
    """Every cell gets a name, its site one as well, and the first KPI; sentences and facts tell them."""
    panel, old = result.panel, result.panel.kpis[0].id

    def new(name: str) -> str:
        return kpi if name == old else name

    def by(held: Mapping[str, Any]) -> dict[str, Any]:
        return {new(name): one for name, one in held.items()}

    cells = tuple(
        dataclasses.replace(c, id=f"{i}", name=cell.format(i), site=cell.format(i // 3))
        for i, c in enumerate(panel.cells)
    )
    kpis = tuple(dataclasses.replace(one, id=new(one.id), unit="requests/s" * 3) for one in panel.kpis)
    fact = {"kpi": kpi, "kpis": ", ".join([kpi] * 4), "cells": len(cells), "sites": ", ".join([cells[0].site] * 5)}
    sentence = Reason(
        "incident_plain_up_many",
        {
            "kpi": kpi, "cell": cells[0].name, "time": "Thu 02 Mar 17:00", "duration": "3 h", "actual": "612",
            "expected": "420–560", "more": 39,
        },
    )  # fmt: skip
    facts = tuple(
        Reason(code, fact | {"share": "12 %", "times": "3", "actual": "3 %", "expected": "1 %", "anomalies": 99})
        for code in (
            "evidence_share_down",
            "evidence_together",
            "evidence_worse",
            "against_others_usual",
            "evidence_zero",
        )
    )
    grouped = (Reason("grouped_same_cell", fact | {"anomalies": 99}), Reason("grouped_same_site", fact))
    incidents = tuple(
        dataclasses.replace(
            one,
            kpis=tuple(map(new, one.kpis)),
            cells=tuple(range(len(cells))),
            sentence=sentence,
            grouped_by=grouped,
            causes=tuple(Cause(kind, 0.3, facts) for kind in ("area_failure", "few_events", "degradation")),
        )
        for one in result.incidents
    )
    return dataclasses.replace(
        result,
        panel=dataclasses.replace(panel, cells=cells, kpis=kpis, values=by(panel.values), flags=by(panel.flags)),
        evidence=by(result.evidence),
        thresholds=by(result.thresholds),
        verdicts=by(result.verdicts),
        anomalies=tuple(dataclasses.replace(one, kpi=new(one.kpi)) for one in result.anomalies),
        associations=tuple(dataclasses.replace(one, kpi=new(one.kpi)) for one in result.associations),
        incidents=incidents,
    )


def told_at_length(result: Result, causes: int, facts: int, words: int) -> Result:
    """Every incident has so many causes with so many facts of so many words, and as many reasons to be one."""
    fact = Reason("evidence_zero", {"kpis": "rrc_conn_att, " * words + "end"})
    incidents = tuple(
        dataclasses.replace(
            one,
            causes=tuple(Cause(kind, 0.1, (fact,) * facts) for kind in ALL_KINDS[:causes]),
            grouped_by=(fact,) * facts,
        )
        for one in result.incidents
    )
    return dataclasses.replace(result, incidents=incidents)


@pytest.mark.parametrize("names", NAMES)
def test_long_and_foreign_names_stand_in_nothing_else(names: str, tmp_path: Path) -> None:
    result = renamed(make_result(cells=40, anomalies=30), *NAMES[names])
    assert_tidy(text_boxes(result, tmp_path))


@pytest.mark.parametrize(
    ("causes", "facts", "words"), [(0, 0, 0), (1, 1, 0), (2, 2, 4), (3, 4, 4), (10, 10, 3), (3, 3, 400)]
)
def test_however_much_is_to_be_told_each_text_has_its_own_place(
    causes: int, facts: int, words: int, tmp_path: Path
) -> None:
    result = told_at_length(make_result(anomalies=8, detectors=NAMED[:7]), causes, facts, words)
    assert_tidy(text_boxes(result, tmp_path))


@pytest.mark.parametrize("detectors", [1, 8])
@pytest.mark.parametrize("vote", ["any", "fused", "2"])
def test_few_and_many_voters_have_their_place(detectors: int, vote: str, tmp_path: Path) -> None:
    result = make_result(anomalies=12, detectors=NAMED[:detectors])
    result = dataclasses.replace(result, settings=dataclasses.replace(result.settings, vote=vote))
    assert_tidy(text_boxes(result, tmp_path))


def test_a_city_is_told_without_a_text_in_another(tmp_path: Path) -> None:
    city = simulate.city(cells=12, days=28, incidents_per_cell_week=0.5, seed=4)
    cells = city.panel.shape[0]
    quality = Quality("simulated", {}, 0, 0, (), (), 0, 0, 0.0, np.ones(cells), np.zeros(cells, np.int64))
    settings = dataclasses.replace(
        preset("balanced"), detectors=("baseline", "garch", "kmeans", "gaussian", "flatline")
    )
    result = pipeline.analyse(city.panel, quality, settings)
    assert len(result.incidents) >= 10
    assert_tidy(text_boxes(result, tmp_path))


@pytest.mark.parametrize("make", [tiny_result, empty_result, lambda: make_result(anomalies=0), make_result])
def test_small_and_empty_results_are_tidy(make: Callable[[], Result], tmp_path: Path) -> None:
    assert_tidy(text_boxes(make(), tmp_path))


def test_thousands_of_incidents_are_counted_beside_each_other(tmp_path: Path) -> None:
    result = make_result(cells=4, anomalies=40)
    many = tuple(
        dataclasses.replace(one, id=1000 * k + one.id, severity=list(Severity)[k % 4])
        for k in range(400)
        for one in result.incidents
    )
    assert_tidy(text_boxes(dataclasses.replace(result, incidents=many), tmp_path))


def test_what_is_told_of_an_incident_is_told_to_its_last_word(tmp_path: Path) -> None:
    result = told_at_length(make_result(anomalies=2), causes=10, facts=10, words=3)
    ReportPdf().write(result, tmp_path / "r.pdf", Monitor())
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(tmp_path / "r.pdf").pages[1:])
    assert text.count("end fell to zero.") == 10 * 10 + 10
    assert "1, continued: Città" in text
    assert "stands in incidents.csv" not in text


def test_where_a_text_is_cut_the_page_says_where_the_rest_stands(tmp_path: Path) -> None:
    result = told_at_length(make_result(anomalies=2), causes=1, facts=1, words=400)
    ReportPdf().write(result, tmp_path / "r.pdf", Monitor())
    page = " ".join(PdfReader(tmp_path / "r.pdf").pages[1].extract_text().split())
    assert lettering.ELLIPSIS in page
    assert "the whole of it stands in incidents.csv" in page


@pytest.mark.parametrize(
    ("heights", "count"), [([200, 200, 200], 2), ([200, 500], 1), ([900, 200], 1), ([100, 100, 100, 100], 3)]
)
def test_a_page_takes_the_incidents_that_have_room(heights: list[float], count: int) -> None:
    assert incident_pages.together(heights, 660) == count


def test_a_silence_without_votes_is_tidy_too(tmp_path: Path) -> None:
    result = make_result(anomalies=6)
    silent = tuple(
        dataclasses.replace(one, type=AnomalyType.SILENCE, margins=dict.fromkeys(one.margins, float("nan")))
        for one in result.anomalies
    )
    assert_tidy(text_boxes(dataclasses.replace(result, anomalies=silent), tmp_path))


def test_the_extent_and_importance_are_told_beside_any_name(tmp_path: Path) -> None:
    result = renamed(make_result(cells=40, anomalies=2), *NAMES["long"])
    ReportPdf().write(result, tmp_path / "r.pdf", Monitor())
    text = " ".join(PdfReader(tmp_path / "r.pdf").pages[1].extract_text().split())
    assert "40 cells and 2 KPIs in all" in text
    assert "importance 95 of 100" in text


def test_the_busiest_kpi_keeps_its_numbers_however_long_its_name(tmp_path: Path) -> None:
    result = renamed(make_result(cells=4, anomalies=20), *NAMES["long"])
    ReportPdf().write(result, tmp_path / "r.pdf", Monitor())
    assert ": 10 of 20 anomalies" in PdfReader(tmp_path / "r.pdf").pages[1].extract_text()


@pytest.mark.parametrize("count", [2, 3, 9, 130])
def test_no_row_of_a_table_stands_alone_on_a_page(count: int, tmp_path: Path) -> None:
    lettering.load()
    canvas = Canvas(str(tmp_path / "t.pdf"), initialFontName=lettering.REGULAR)
    sheet = Sheet(canvas, "foot", "head", 1)
    tables = range(20, 200, 9)
    for room in tables:
        sheet.new_page()
        sheet.y = BOTTOM + room
        sheet.table((Column("n", WIDTH),), [[f"row {room}"] for _ in range(count)])
    sheet.finish()
    canvas.save()
    for page in boxes.pages(tmp_path / "t.pdf"):
        assert_tidy([page])
        assert sum(box.text.startswith("row") for box in page) != 1
    shown = [box.text for page in boxes.pages(tmp_path / "t.pdf") for box in page if box.text.startswith("row")]
    assert len(shown) == count * len(tables)
