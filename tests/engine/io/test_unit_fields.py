"""Columns of numbers with their units are KPIs of that unit; several units of a quantity are brought to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import numpy as np
import openpyxl
import pytest

from engine.data import KpiKind
from engine.errors import InputError
from engine.io import Loaded, LoadOptions, load
from engine.io.preview import preview
from tests.engine.io.loaded import codes

HEAD = ["time", "cell", "kpi_a"]


def rows(fields: Sequence[str]) -> list[list[str]]:
    return [[f"2024-03-01 {k % 24:02}:00", f"C{k // 24}", field] for k, field in enumerate(fields)]


def csv(path: Path, table: Sequence[Sequence[str]], separator: str = ";") -> Path:
    path.write_text("\n".join(separator.join(row) for row in table) + "\n", "utf-8")
    return path


def as_csv(folder: Path, fields: Sequence[str]) -> Path:
    return csv(folder / "a.csv", [HEAD, *rows(fields)])


def as_workbook(folder: Path, fields: Sequence[str]) -> Path:
    book = openpyxl.Workbook()
    for row in [HEAD, *rows(fields)]:
        book.active.append(row)
    book.save(folder / "a.xlsx")
    return folder / "a.xlsx"


def read(loaded: Loaded, kpi: str = "kpi_a") -> tuple[str, list[float]]:
    """The unit of a KPI and its values, all cells in a row."""
    unit = next(one.unit for one in loaded.panel.kpis if one.id == kpi)
    return unit, [round(float(value), 6) for value in loaded.panel.values[kpi].ravel()]


@pytest.mark.parametrize("write", [as_csv, as_workbook])
@pytest.mark.parametrize(
    ("fields", "unit", "values"),
    [
        (["12.5 Mbps", "3 Mbps", "0.25Mbps"], "Mbit/s", [12.5, 3, 0.25]),
        (["98.2 %", "97 %", "100%"], "%", [98.2, 97, 100]),
        (["1,234 kB", "999 kB", "12,345,678 kB"], "kB", [1234, 999, 12345678]),
        (["1.234,5 kB", "999,25 kB", "2.000,0 kB"], "kB", [1234.5, 999.25, 2000]),
        (["1 234,5 kB", "999,25 kB", "2 000,0 kB"], "kB", [1234.5, 999.25, 2000]),
        (["950 kB", "1.5 MB", "2 GB"], "MB", [0.95, 1.5, 2000]),
        (["950 kbps", "1.5 Mbit/s", "2Gbps"], "Mbit/s", [0.95, 1.5, 2000]),
        (["0", "1.5 MB", "250 kB", "0", "1 MB", "-"], "MB", [0, 1.5, 0.25, 0, 1, np.nan]),
        (["-101.5 dBm", "-99 dBm", "-100.25 dBm"], "dBm", [-101.5, -99, -100.25]),
        (["950 ms", "1.5 s", "2 s"], "ms", [950, 1500, 2000]),
        (["1.5e3 B", "2 KiB", "1 kB"], "MB", [0.0015, 0.002048, 0.001]),
        (["12 kb", "13 kb", "14 kb"], "kb", [12, 13, 14]),
    ],
    ids=lambda given: given[0] if isinstance(given, list) else "",
)
def test_numbers_with_units_are_read(
    tmp_path: Path, write: Callable[[Path, Sequence[str]], Path], fields: list[str], unit: str, values: list[float]
) -> None:
    times = 8
    loaded = load([write(tmp_path, fields * times)])
    assert loaded.quality.dropped == ()
    found, numbers = read(loaded)
    assert found == unit
    np.testing.assert_allclose(numbers[: len(values)], values, rtol=1e-6)
    assert ("units_converted" in codes(loaded)) == (len({field.split()[-1] for field in fields if " " in field}) > 1)


def test_texts_of_a_parquet_file_are_read(tmp_path: Path) -> None:
    as_csv(tmp_path, ["950 kB", "1.5 MB", "2 GB"] * 8)
    with duckdb.connect() as connection:
        connection.execute(f"COPY (FROM read_csv('{tmp_path / 'a.csv'}')) TO '{tmp_path / 'a.parquet'}'")
    assert read(load([tmp_path / "a.parquet"])) == ("MB", [0.95, 1.5, 2000] * 8)


def test_what_is_no_count_is_not_summed_and_what_is_one_is(tmp_path: Path) -> None:
    fields = [[f"{k + 1} Mbps", f"{k + 1} kB", f"{k + 1} %", f"{k + 1} ms"] for k in range(24)]
    table = [[*row[:2], *more] for row, more in zip(rows([""] * 24), fields, strict=True)]
    loaded = load([csv(tmp_path / "a.csv", [["time", "cell", "kpi_a", "kpi_b", "kpi_c", "kpi_d"], *table])])
    kinds = [kpi.kind for kpi in loaded.panel.kpis]
    assert kinds == [KpiKind.GAUGE, KpiKind.COUNT, KpiKind.RATIO, KpiKind.COUNT]


def test_the_unit_of_the_fields_says_more_than_the_name(tmp_path: Path) -> None:
    table = [["time", "cell", "Throughput (kbps)"], *rows([f"{k + 1}.5 Mbps" for k in range(24)])]
    assert read(load([csv(tmp_path / "a.csv", table)]), "Throughput (kbps)")[0] == "Mbit/s"


def test_a_number_without_its_unit_or_of_another_quantity_cannot_be_read_and_is_counted(tmp_path: Path) -> None:
    fields = ["12.5 Mbps"] * 300 + ["7", "5 kB", "n/a", "800 kbps"]
    loaded = load([as_csv(tmp_path, fields)])
    (dropped,) = loaded.quality.dropped
    assert (dropped.reason.code, dropped.rows) == ("row_value", 2)
    assert "a.csv:302" in dropped.example
    assert "7 (no unit)" in dropped.example
    assert read(loaded)[1][303] == 0.8


@pytest.mark.parametrize(
    "fields",
    [["12 Mbps", "3 kB"] * 12, ["12 bananas"] * 24, ["12 Mbps", "13", "14"] * 8, ["fine", "12 %", "bad"] * 8],
    ids=["two quantities", "no unit", "mostly bare", "text"],
)
def test_anything_else_is_refused_or_counted_as_before(tmp_path: Path, fields: list[str]) -> None:
    table = [[*row, "1"] for row in rows(fields)]
    loaded = load([csv(tmp_path / "a.csv", [[*HEAD, "calls"], *table])])
    units = {kpi.id: kpi.unit for kpi in loaded.panel.kpis}
    assert units.get("kpi_a", "") == ""
    assert {"columns_ignored", "values_unreadable"} & {*codes(loaded)}


def test_a_table_of_cells_has_one_unit_for_all_of_them(tmp_path: Path) -> None:
    table = [[f"2024-03-01 {h:02}:00", f"{h}.5 Mbps", f"{h} Mbps", "900 kbps"] for h in range(24)]
    loaded = load([csv(tmp_path / "speed.csv", [["time", "C1", "C2", "C3"], *table])], LoadOptions(zone="UTC"))
    (kpi,) = loaded.panel.kpis
    assert (kpi.unit, loaded.panel.shape) == ("Mbit/s", (3, 24))
    assert loaded.panel.values[kpi.id][:, 3].tolist() == pytest.approx([3.5, 3, 0.9])


def test_columns_of_several_quantities_are_kpis(tmp_path: Path) -> None:
    table = [[f"2024-03-01 {h:02}:00", f"{h}.5 Mbps", f"{h} kB", "9 %"] for h in range(24)]
    path = csv(tmp_path / "north.csv", [["time", "X1", "X2", "X3"], *table])
    assert [kpi.unit for kpi in load([path]).panel.kpis] == ["Mbit/s", "kB", "%"]
    with pytest.raises(InputError, match="which are not the same quantity"):
        load([path], LoadOptions(mapping={"layout": "wide"}))


def test_a_column_that_names_the_kpi_of_each_row_may_carry_one_unit(tmp_path: Path) -> None:
    table = [[f"2024-03-01 {h:02}:00", kpi, f"{h + n}.5 kB"] for h in range(24) for n, kpi in enumerate(("up", "down"))]
    loaded = load([csv(tmp_path / "a.csv", [["time", "kpi_name", "value"], *table])])
    assert {kpi.id: kpi.unit for kpi in loaded.panel.kpis} == {"up": "kB", "down": "kB"}


def test_very_many_columns_are_brought_to_their_units(tmp_path: Path) -> None:
    count = 80
    names = [f"kpi_{k}" for k in range(count)]
    table = [
        [f"2024-03-01 {h:02}:00", "C1", *(f"{h + k}.5 {'kB' if (h + k) % 2 else 'MB'}" for k in range(count))]
        for h in range(24)
    ]
    loaded = load([csv(tmp_path / "a.csv", [["time", "cell", *names], *table])])
    assert {kpi.unit for kpi in loaded.panel.kpis} == {"MB"}
    assert loaded.panel.values["kpi_7"][0, :2].tolist() == pytest.approx([0.0075, 8.5])


def test_files_share_the_unit_of_the_first(tmp_path: Path) -> None:
    first = csv(tmp_path / "1.csv", [HEAD, *rows(["2 kB"] * 24)])
    later = [[row[0].replace("-01 ", "-02 "), *row[1:]] for row in rows(["3 MB"] * 24)]
    assert read(load([first, csv(tmp_path / "2.csv", [HEAD, *later])]))[1] == [2] * 24 + [3000] * 24
    for field, code in (("3 Mbps", "units_of_files"),):
        other = csv(tmp_path / "2.csv", [HEAD, *([*row[:2], field] for row in later)])
        with pytest.raises(InputError) as caught:
            load([first, other])
        assert caught.value.reason.code == code
    bare = csv(tmp_path / "0.csv", [HEAD, *([*row[:2], "3"] for row in later)])
    with pytest.raises(InputError) as caught:
        load([bare, first])
    assert caught.value.reason.code == "units_in_some_files"


def test_the_import_window_shows_what_becomes_of_them(tmp_path: Path) -> None:
    seen = preview([as_csv(tmp_path, ["950 kB", "1.5 MB", "oops"] + ["2 MB"] * 21)])
    column = seen.columns[2]
    assert column.role == "value"
    assert [(field.raw, field.read) for field in column.fields[:2]] == [("950 kB", "0.95 MB"), ("1.5 MB", "")]
    assert column.fields[2].problem is not None
    assert "units_converted" in [note.code for note in seen.why]


def test_every_way_of_writing_a_unit_is_read_alike_in_python_and_in_the_statement() -> None:
    from engine.data.units import SPELT, USUAL
    from engine.io.unit_fields import sql, units_of, value

    with duckdb.connect() as connection:
        for spelt, unit in SPELT.items():
            to = USUAL.get(unit.quantity, unit)
            field = f"12.5 {spelt}"
            assert units_of([field], lambda text: float(text)) == (unit,), spelt
            (told,) = connection.execute(f"SELECT {sql('f', to, '.', '')} FROM (SELECT $1 AS f)", [field]).fetchone()
            number = float(told.rstrip(" %") if unit.symbol == "%" and spelt == "%" else told.removesuffix(spelt))
            assert number == pytest.approx(value(field, to, float)), spelt
