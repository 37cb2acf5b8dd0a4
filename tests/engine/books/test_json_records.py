"""Records in JSON, in the shapes in which programs answer."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest

from engine.books import json_records
from engine.errors import InputError
from engine.io import load
from engine.io.preview import preview
from tests.engine.io.loaded import DATA, same, values

NAN = float("nan")
RECORDS = [{"time": f"2024-03-01T{h:02}:00:00Z", "cell": cell, "calls": h} for h in range(24) for cell in "AB"]


def sheets(text: str) -> list[tuple[str, list[tuple[object, ...]]]]:
    with json_records.opened(io.StringIO(text)) as found:
        return [(sheet.title, list(sheet.rows)) for sheet in found]


@pytest.mark.parametrize("wrap", [False, True])
def test_a_record_a_line(tmp_path: Path, wrap: bool) -> None:
    content = (DATA / "long.jsonl").read_bytes()
    path = tmp_path / "kpi.json"
    path.write_bytes(gzip.compress(content) if wrap else content)
    loaded = load([path])
    assert loaded.quality.format == "workbook-long"
    assert [cell.id for cell in loaded.panel.cells] == ["A1", "B2"]
    same(values(loaded, "calls"), [[10, 12], [7, NAN]])


def test_what_prometheus_answers() -> None:
    loaded = load([DATA / "prometheus.json"])
    assert [cell.id for cell in loaded.panel.cells] == ["A1", "B2"]
    same(values(loaded, "rrc_att"), [[10, 12], [7, NAN]])


@pytest.mark.parametrize(
    "whole",
    [
        RECORDS,
        {"data": RECORDS},
        {"took": 3, "hits": {"total": 48, "hits": [{"_index": "kpi", "_source": one} for one in RECORDS]}},
        {key: [one[key] for one in RECORDS] for key in RECORDS[0]},
        [list(RECORDS[0]), *(list(one.values()) for one in RECORDS)],
        {
            "results": [
                {
                    "series": [
                        {"name": "kpi", "columns": list(RECORDS[0]), "values": [list(r.values()) for r in RECORDS]}
                    ]
                }
            ]
        },
    ],
    ids=["list", "within", "Elastic", "columns", "rows", "InfluxDB"],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_records_wherever_they_lie(tmp_path: Path, whole: object, indent: int | None) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(whole, indent=indent))
    loaded = load([path])
    assert loaded.panel.shape == (2, 24)
    (kpi,) = (kpi.id for kpi in loaded.panel.kpis)
    same(values(loaded, kpi), [list(range(24))] * 2)
    assert preview([path]).problem is None


def test_series_with_tags() -> None:
    text = json.dumps({"series": [{"tags": {"cell": "A"}, "columns": ["time", "v"], "values": [[1, 2.5]]}]})
    assert sheets(text) == [("series", [("cell", "time", "v"), ("A", 1, 2.5)])]


def test_every_record_of_a_document_names_fields_and_lists_are_text() -> None:
    early = '{"a": [1, 2], "b": {"c": true}}'
    found = sheets(f'[{", ".join([early] * 1000)}, {{"a": null, "late": 1}}]')
    row = ("[1, 2]", True, None)
    assert found == [("records", [("a", "b.c", "late"), *[row] * 1000, (None, None, 1)])]


def test_every_one_record_a_line_names_fields_and_at_a_glance_the_first_thousand() -> None:
    text = "\n".join(['{"a": 1}'] * 999 + ['{"b": 2}', '{"a": 3, "late": 4}'])
    every = [("a", "b", "late"), *[(1, None, None)] * 999, (None, 2, None), (3, None, 4)]
    assert sheets(text) == [("records", every)]
    with json_records.opened(io.StringIO(text), glance=True) as found:
        assert list(next(found).rows) == [row[:2] for row in every]


def test_a_byte_order_mark_is_no_part_of_the_records(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    for text in (json.dumps(RECORDS), "\n".join(map(json.dumps, RECORDS))):
        path.write_text(text, "utf-8-sig")
        same(values(load([path]), "calls"), [list(range(24))] * 2)


def test_a_kpi_that_only_later_cells_have_is_read(tmp_path: Path) -> None:
    hours = [f"2024-03-{1 + h // 24:02}T{h % 24:02}:00:00" for h in range(600)]
    early = [{"time": t, "cell": cell, "calls": 1} for cell in "AB" for t in hours]
    late = [{"time": t, "cell": "C", "calls": 1, "prb": k} for k, t in enumerate(hours)]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, early + late)))
    loaded = load([tmp_path / "a.jsonl"])
    same(values(loaded, "prb"), [[NAN] * 600, [NAN] * 600, list(range(600))])


def test_what_goes_wrong_with_whoever_reads_is_not_the_file() -> None:
    with pytest.raises(KeyError), json_records.opened(io.StringIO('{"a": 1}\n{"a": 2}\n')):
        {}["asked for"]


@pytest.mark.parametrize("text", ['{"name": "x", "version": 2}', "[1, 2, 3]", "[]", '{"a": {"b": {"c": {}}}}'])
def test_json_without_records_has_no_sheet(text: str) -> None:
    assert sheets(text) == []


def test_json_that_is_no_data_is_left_out_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time,cell,calls\n" + "".join(f"2024-03-01 {h:02}:00,A,{h}\n" for h in range(24)))
    (tmp_path / "package.json").write_text('{"name": "x", "files": ["a", "b"], "people": [{"name": "n"}]}')
    (tmp_path / "page.html").write_text("<html><body><table></table></body></html>")
    loaded = load([tmp_path])
    (note,) = [note for note in loaded.quality.notes if note.code == "files_left_out"]
    assert note.params["files"] == "package.json, page.html"


@pytest.mark.parametrize(
    "text",
    [json.dumps(RECORDS)[:-40], "\n".join(map(json.dumps, RECORDS)) + "\n{broken", json.dumps(RECORDS[0]) + "\n[1]\n"],
)
def test_json_that_is_damaged_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(InputError) as caught:
        load([tmp_path / "a.json"])
    assert caught.value.reason.code == "json_damaged"


def test_control_characters_do_not_disturb_the_preview(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{**one, "note": "\x07 bell", "x": 1e400} for one in RECORDS * 30]))
    assert preview([path]).problem is None
