"""The report: readable text in it, every page numbered, and any data drawn without a crash or a bloated file."""

from __future__ import annotations

import dataclasses
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader

from engine.data import Cell, ErrorCurve, Flag, Incident, Result, Severity
from engine.data.review import Review
from engine.data.since import Since
from engine.errors import Reason
from engine.inspection.summary import worst_first
from engine.monitor import Monitor
from engine.reports.report_pdf import ReportPdf, shift_page
from engine.reports.report_pdf.lettering import drawn
from tests.engine.reports.tiny import tiny_result
from tests.engine.result_factory import empty_result, make_result


def pages(result: Result, folder: Path) -> list[str]:
    """The text of each page, spaces made single."""
    ReportPdf().write(result, folder / "report.pdf", Monitor())
    reader = PdfReader(BytesIO((folder / "report.pdf").read_bytes()), strict=True)
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_first_pages_say_what_where_and_how_much(tmp_path: Path) -> None:
    result = make_result()
    first = " ".join(pages(result, tmp_path)[:2])
    assert "città 2017-03" in first
    assert "Thu 02 Mar – Thu 23 Mar 2017 · Europe/Rome" in first.replace("  ", " ")
    assert f"{len(result.incidents)} incidents" in first
    assert "of 6 cells affected" in first
    assert "2 critical" in first


def test_where_labels_chose_the_thresholds_their_errors_are_drawn(tmp_path: Path) -> None:
    curve = ErrorCurve(np.linspace(0, 9, 50), np.abs(np.linspace(-0.4, 0.6, 50)) + 0.01, 3.7, 1000, 40)
    result = dataclasses.replace(make_result(), curves={"calls": {"garch": curve, "nnar": curve}})
    text = " ".join(pages(result, tmp_path))
    assert "Where the thresholds come from" in text
    assert "wrong at 3.7, 4 % without alarms" in text
    many = {f"kpi {n}": {"garch": curve} for n in range(12)}
    assert "3 more are in run.json" in " ".join(pages(dataclasses.replace(result, curves=many), tmp_path))
    assert "Where the thresholds come from" not in " ".join(pages(make_result(), tmp_path))


def test_a_budget_that_is_counted_says_so(tmp_path: Path) -> None:
    result, words = make_result(), "Beyond 0.1 false alarms per cell and week they are counted"
    assert words not in " ".join(pages(result, tmp_path))
    larger = dataclasses.replace(result, settings=dataclasses.replace(result.settings, budget=0.5))
    assert words in " ".join(pages(larger, tmp_path))


def test_points_of_other_incidents_in_a_picture_are_in_its_key(tmp_path: Path) -> None:
    """A second peak beside the one that is told must not look as if nobody had seen it."""
    result = make_result(cells=2, kpis=1, anomalies=12)
    assert "of another incident" in " ".join(pages(result, tmp_path))
    alone = make_result(cells=2, kpis=1, anomalies=1)
    assert "of another incident" not in " ".join(pages(alone, tmp_path))


def test_a_picture_stands_on_the_page_of_its_heading(tmp_path: Path) -> None:
    """However much is said before it: the heading of the strips and their axis end up together."""
    result = make_result()
    for rows in range(0, 20, 2):
        dropped = (*result.quality.dropped[:1] * rows,)
        quality = dataclasses.replace(result.quality, dropped=dropped, notes=(Reason("absent_is_zero"),) * (rows // 2))
        found = pages(dataclasses.replace(result, quality=quality), tmp_path)
        (place,) = (page for page in found if "What was measured when" in page)
        assert "All cells" in place


def test_every_page_is_numbered_and_names_the_run(tmp_path: Path) -> None:
    found = pages(make_result(anomalies=60), tmp_path)
    for number, text in enumerate(found, 1):
        assert f"Page {number} of {len(found)}" in text
        assert "run 5f0c2a9b7d31" in text


def test_at_most_ten_incidents_are_drawn_and_the_rest_are_counted(tmp_path: Path) -> None:
    result = make_result(anomalies=60)
    found = pages(result, tmp_path)
    assert len(result.incidents) == 30
    assert "20 more are listed in incidents.csv" in found[1]
    assert sum(text.count("What to check") for text in found) == 10


def test_the_table_points_at_the_page_of_each_incident(tmp_path: Path) -> None:
    result = make_result(anomalies=40)
    ReportPdf().write(result, tmp_path / "r.pdf", Monitor())
    reader = PdfReader(tmp_path / "r.pdf")
    links = [a.get_object()["/Dest"][0].get_object() for a in reader.pages[1]["/Annots"].get_object()]
    numbers = [next(n for n, page in enumerate(reader.pages) if page == link) for link in links]
    assert numbers == [2 + rank // 2 for rank in range(10)]


def test_each_incident_shows_sentence_votes_and_what_goes_with_it(tmp_path: Path) -> None:
    text = " ".join(pages(tiny_result(), tmp_path)[2:])
    assert "calls fell to zero at Sun 29 Oct 02:30" in text
    assert "Seasonal baseline" in text
    assert "1 of 1 detector with an opinion says alarm; the vote asks for one." in text
    assert "no opinion" in text
    assert "Outage" in text
    assert "62 %" in text
    assert "Alarms and power of the site" in text


def test_an_incident_of_days_begins_at_midnight_in_summer_time_too(tmp_path: Path) -> None:
    result = tiny_result()
    times = np.datetime64("2017-03-24T23:00:00", "s") + np.arange(6) * np.timedelta64(1, "D")
    daily = dataclasses.replace(result, panel=dataclasses.replace(result.panel, times=times, period_s=86400))
    assert "Mon 27 Mar 00:00 · 2 d" in " ".join(pages(daily, tmp_path))


@pytest.mark.parametrize(
    ("result", "words"), [(empty_result(), "nothing to judge"), (make_result(anomalies=0), "Nothing unusual")]
)
def test_a_result_without_findings_says_so(result: Result, words: str, tmp_path: Path) -> None:
    found = pages(result, tmp_path)
    assert words in found[0]
    assert "Data quality" in " ".join(found)


def test_a_result_that_hardly_anybody_could_judge_is_not_called_calm(tmp_path: Path) -> None:
    result = make_result(anomalies=0)
    for verdict in result.verdicts.values():
        verdict.score[:, 2:] = np.nan
    found = pages(result, tmp_path)[0]
    assert "Hardly anything could be judged, 0.4 %" in found
    assert "Nothing unusual" not in found


def test_quality_names_reasons_with_their_first_example(tmp_path: Path) -> None:
    text = " ".join(pages(make_result(), tmp_path))
    assert "città.csv:17, 2017-13-40" in text
    assert "10,000 rows read" in text
    assert "ab" * 32 in text.replace(" ", "")


def test_names_of_many_scripts_are_drawn_and_others_do_not_stop_it(tmp_path: Path) -> None:
    result = make_result(cells=5, anomalies=30)
    names = ("Göteborg Ängö", "تهران ۱۲", "Łódź-Őrség", "北京\n\x00\t🗼", "Київ-Північ")
    cells = tuple(dataclasses.replace(c, name=name) for c, name in zip(result.panel.cells, names, strict=True))
    text = " ".join(pages(dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells)), tmp_path))
    assert "Göteborg Ängö" in text
    assert "Łódź-Őrség" in text
    assert "Київ-Північ" in text
    assert {letter for letter in drawn("تهران") if not letter.isspace()} <= set(text)


def test_very_long_names_stay_on_the_page(tmp_path: Path) -> None:
    result = make_result(cells=2, anomalies=4)
    cells = tuple(Cell(id="c" * 400 + str(i), name="Very long name " * 40, site="s" * 300) for i in range(2))
    long = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))
    ReportPdf().write(long, tmp_path / "r.pdf", Monitor())
    for page in PdfReader(tmp_path / "r.pdf").pages:
        right: list[float] = []
        page.extract_text(
            visitor_text=lambda text, _cm, tm, *_, right=right: right.append(tm[4]) if text.strip() else None
        )
        assert max(right) < 595 - 44


def test_a_long_quarter_hourly_series_stays_small(tmp_path: Path) -> None:
    result = make_result(cells=3, periods=8640, kpis=1, anomalies=30)
    long = tuple(dataclasses.replace(a, start=100, stop=8000) for a in result.anomalies[:20])
    ReportPdf().write(dataclasses.replace(result, anomalies=long), tmp_path / "r.pdf", Monitor())
    assert (tmp_path / "r.pdf").stat().st_size < 400_000


def test_ten_thousand_cells_fit(tmp_path: Path) -> None:
    result = make_result(cells=10_000, periods=30, kpis=1, anomalies=400, detectors=("baseline",))
    found = pages(result, tmp_path)
    assert "of 10,000 cells affected" in found[1]
    assert (tmp_path / "report.pdf").stat().st_size < 400_000


def test_all_missing_data_is_drawn_as_missing(tmp_path: Path) -> None:
    result = make_result(cells=2, anomalies=4, kpis=1)
    nothing = np.full(result.panel.shape, np.nan, np.float32)
    silent = dataclasses.replace(result, panel=dataclasses.replace(result.panel, values={"calls": nothing}))
    assert "measured" in " ".join(pages(silent, tmp_path))


@pytest.mark.parametrize(("name", "count"), [("Città", 2), ("望京西", 3), ("서울강남구", 3)])
def test_only_embedded_fonts_are_used_and_as_many_as_the_names_need(tmp_path: Path, name: str, count: int) -> None:
    result = make_result()
    cells = tuple(dataclasses.replace(cell, name=f"{name}-{i}") for i, cell in enumerate(result.panel.cells))
    result = dataclasses.replace(result, panel=dataclasses.replace(result.panel, cells=cells))
    assert name in " ".join(pages(result, tmp_path))
    fonts = {}
    for page in PdfReader(tmp_path / "report.pdf").pages:
        for font in page["/Resources"]["/Font"].values():
            held = font.get_object()
            fonts[held["/BaseFont"]] = held
    assert len(fonts) == count
    for held in fonts.values():
        assert "/FontFile2" in held["/FontDescriptor"].get_object()


def test_it_is_dated_by_the_run_and_not_by_the_clock(tmp_path: Path) -> None:
    ReportPdf().write(make_result(), tmp_path / "r.pdf", Monitor())
    info = PdfReader(tmp_path / "r.pdf").metadata
    assert info is not None
    assert info["/CreationDate"] == "D:20170403060000Z"
    assert info.title == "Anomaly report: città 2017-03"


def test_gaps_policies_suspect_periods_and_unmatched_cells_are_told(tmp_path: Path) -> None:
    result = make_result()
    text = " ".join(pages(result, tmp_path))
    assert "filled gap" not in text
    assert "Cells and cell table" not in text
    worst = result.anomalies[result.incidents[0].anomalies[0]]
    flags = {kpi: np.array(marks) for kpi, marks in result.panel.flags.items()}
    flags[worst.kpi][worst.cell, worst.start] |= np.uint8(Flag.IMPUTED)
    told = dataclasses.replace(
        result,
        panel=dataclasses.replace(result.panel, flags=flags),
        settings=dataclasses.replace(result.settings, gaps=("calls=hold:2",)),
        quality=dataclasses.replace(result.quality, unknown_cells=("c3",), unused_cells=("z8", "z9")),
    )
    text = " ".join(pages(told, tmp_path))
    assert "filled gap" in text
    assert "last value held over up to 2 h" in text
    assert "stay gaps" in text
    assert "Suspect periods" in text
    assert "1 in the data but not in the cell table: c3" in text
    assert "2 in the cell table but without data: z8, z9" in text


def at_the_end(result: Result, count: int) -> Result:
    """The first incidents last to the end of the data, half of them since yesterday, the others for an hour."""
    end = result.panel.shape[1]
    lasting = tuple(
        dataclasses.replace(incident, start=end - (1 if n % 2 else 24), stop=end)
        for n, incident in enumerate(result.incidents[:count])
    )
    return dataclasses.replace(result, incidents=(*lasting, *result.incidents[count:]))


def test_the_first_page_hands_the_shift_over(tmp_path: Path) -> None:
    result = at_the_end(make_result(), 3)
    worst = {a.id: a for a in result.anomalies}[result.incidents[0].anomalies[0]]
    review = Review(
        result.panel.cells[worst.cell].id,
        worst.kpi,
        result.panel.times[worst.start],
        result.panel.times[worst.start] + np.timedelta64(3600, "s"),
        "fault",
        "rectifier replaced",
    )
    first = pages(dataclasses.replace(result, reviews=(review,)), tmp_path)[0]
    assert "Wed 22 Mar 17:00 to Thu 23 Mar 01:00 (8 h)" in first
    assert "1 new and open 2 open from before" in first
    assert "Fault: rectifier replaced" in first
    later = pages(dataclasses.replace(result, since=Since(3600 * 48)), tmp_path)[0]
    assert "3 new and open 0 open from before" in later
    assert "Nothing was handed over that is still open." in later


def review_of(result: Result, incident: Incident, tag: str, comment: str) -> Review:
    """What Lee and Kim say of the worst anomaly of an incident."""
    worst = {a.id: a for a in result.anomalies}[incident.anomalies[0]]
    start = result.panel.times[worst.start]
    place = (result.panel.cells[worst.cell].id, worst.kpi, start, start + np.timedelta64(3600, "s"))
    return Review(*place, tag, comment, "Kim", "Lee", np.datetime64("2017-03-23T06:00:00", "s"))


def test_what_was_said_of_an_incident_stands_in_the_list_and_on_its_page(tmp_path: Path) -> None:
    result = make_result(anomalies=40)
    review = review_of(result, worst_first(result.incidents)[0], "fault", "rectifier replaced")
    _, summary, *others = pages(dataclasses.replace(result, reviews=(review,)), tmp_path)
    assert "Fault: rectifier replaced; owner Kim; seen by Lee" in summary
    assert "Fault: rectifier replaced; owner Kim; seen by Lee" in others[0]
    assert "Not counted" not in summary


def test_a_false_alarm_is_named_as_one_and_is_none_of_the_worst(tmp_path: Path) -> None:
    result = make_result(anomalies=40)
    worst = worst_first(result.incidents)
    last = sum(one.severity is Severity.CRITICAL for one in worst)
    before = " ".join(pages(result, tmp_path))
    assert f"{len(worst)} incidents" in before
    assert f"{last} critical" in before
    review = review_of(result, worst[0], "false", "checked with the field team")
    told = dataclasses.replace(result, reviews=(review,))
    after = " ".join(pages(told, tmp_path))
    assert f"{len(worst) - 1} incidents" in after
    assert f"{last - 1} critical" in after
    assert "Not counted: 1 incident judged to be a false alarm; see incidents.csv." in after
    assert "checked with the field team" not in after
    only = dataclasses.replace(told, incidents=worst[:1])
    assert "No other incident was found." in pages(only, tmp_path)[0]


def test_nobody_is_handed_a_false_alarm(tmp_path: Path) -> None:
    result = at_the_end(make_result(), 3)
    review = review_of(result, result.incidents[0], "false", "")
    first = pages(dataclasses.replace(result, reviews=(review,)), tmp_path)[0]
    assert "1 new and open 1 open from before" in first
    assert "Left out: 1 incident judged to be a false alarm." in first


def test_where_nothing_is_new_the_first_page_tells_the_worst_of_the_whole_period(tmp_path: Path) -> None:
    result = make_result()
    end = result.panel.shape[1]
    calm = [dataclasses.replace(i, start=0, stop=5) for i in result.incidents]
    standing = dataclasses.replace(calm[-1], start=end - 24, stop=end)
    first = pages(dataclasses.replace(result, incidents=(*calm[:-1], standing)), tmp_path)[0]
    assert "0 new and open 1 open from before" in first
    assert "The worst of the whole period" in first
    new = dataclasses.replace(standing, start=end - 1)
    first = pages(dataclasses.replace(result, incidents=(*calm[:-1], new)), tmp_path)[0]
    assert "The worst of the whole period" not in first


def test_where_nothing_is_handed_over_the_first_page_tells_the_whole_period(tmp_path: Path) -> None:
    result = make_result(cells=60, anomalies=160)
    calm = tuple(dataclasses.replace(i, start=0, stop=5) for i in result.incidents)
    found = pages(dataclasses.replace(result, incidents=calm), tmp_path)
    assert "Nothing is open at the end of the data, and nothing ended in the shift." in found[0]
    assert f"{len(calm)} incidents" in found[0]
    assert "The ten worst incidents" in found[0]
    assert "The network over time" in found[0]
    assert "The worst incidents 1" in found[1]


def test_few_incidents_are_told_whole_on_the_first_page(tmp_path: Path) -> None:
    result = at_the_end(make_result(), 3)
    sentence = Reason(
        "incident_plain_up",
        {
            "kpi": "calls " * 20,
            "cell": "S1",
            "time": "noon",
            "actual": 1,
            "duration": "1 h",
            "expected": "all but this",
        },
    )
    result = dataclasses.replace(
        result, incidents=tuple(dataclasses.replace(i, sentence=sentence) for i in result.incidents)
    )
    first, second = pages(result, tmp_path)[:2]
    assert first.count("all but this") == 3
    assert "all but this" not in second


def test_the_handover_stays_on_one_page_and_counts_the_rest(tmp_path: Path) -> None:
    result = at_the_end(make_result(anomalies=160), 80)
    found = pages(result, tmp_path)
    assert "40 new and open 40 open from before" in found[0]
    assert "more stand in incidents.csv" in found[0]
    assert found[1].count("Summary") == 1


@pytest.mark.parametrize(
    ("wanted", "room", "given"),
    [
        ([40, 40, 40], 17, [6, 6, 5]),
        ([2, 1, 30], 17, [2, 1, 14]),
        ([2, 1, 3], 17, [2, 1, 3]),
        ([9, 9, 9], 0, [0, 0, 0]),
    ],
)
def test_room_that_one_section_does_not_need_goes_to_the_others(wanted: list[int], room: int, given: list[int]) -> None:
    assert shift_page.shares(wanted, room) == given
