"""Every folder of real data loads, or is refused for the right reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine import io
from engine.completeness import repeated_days
from engine.errors import InputError
from engine.io import Loaded, LoadOptions, totals

pytestmark = pytest.mark.shared_data

REFUSED = {
    "5gc-faults-labelled": "no_time_no_header",
    "c2tm-clustered/topology.csv": "cell_table",
    "cdr-asn1-schema": "folder_unknown",
    "cell-sites-milan-opencellid": "cell_table",
    "grid-traffic-finland-taiwan": "no_time_no_header",
    "ip-core-faults-labelled": "mixed_formats",
    "lte-kpi-labelled-mlmatt": "time_without_date",
    "lte-sleeping-cell-kpi": "date_ambiguous_likely",
    "nab": "mixed_periods",
    "aiops-kpi-2018": "mixed_formats",
    "service-multikpi-jumpstarter": "no_time_no_header",
    "telecom-alarms-causal": "no_time_column",
    "telecom-italia-milan": "mixed_formats",
    "telecom-italia-milan/internet_total_by_square_2013-11-01_2014-01-01.csv": "no_time_column",
    "5g-irish-drive-test": "span_too_long",
    "pm-xml-3gpp": "too_many_points",
    "pm-xml-3gpp/onap/A_no_measdata.xml": "pm_no_data",
    "pm-xml-3gpp/oran-sc/A20000626.2315+0200-2330+0200_HTTPS-6-73.json": "nothing_left",
}

LOADED = {
    # folder or file: (format, rows read, rows kept, cells, KPIs, period, first begin)
    "telecom-italia-milan/raw": ("milan-raw", 1245, 1245, 4, 5, 600, "2013-10-31T23:00:00"),
    "telecom-italia-milan/cdr_10min_32squares.parquet": (
        "parquet-long",
        216_576,
        216_576,
        32,
        5,
        600,
        "2013-10-31T23:00:00",
    ),
    "telecom-italia-milan/internet_10min_grid5x5.parquet": (
        "parquet-wide",
        4320,
        4320,
        25,
        1,
        600,
        "2013-10-31T23:00:00",
    ),
    "telecom-italia-milan/internet_10min_square_5161.csv": ("csv-long", 6768, 6768, 1, 1, 600, "2013-10-31T23:00:00"),
    "core-network-kpi": ("csv-intervals", 20_160, 20_160, 1, 14, 3600, "2019-07-31T16:00:00"),
    "aiops-kpi-2018/preliminary/07927a9a18fa19ae.csv": ("csv-series", 10_960, 10_960, 1, 1, 300, "2016-06-30T16:00:00"),
    "aiops-kpi-2018/final/ab216663-dcc2-3a24-b1ee-2c3e550e06c9.csv": ("csv-series", None, None, 1, 1, 300, None),
    "nab/realTweets": ("csv-series", 95_117, 95_117, 6, 1, 300, "2015-02-26T21:42:53"),
    "nab/realKnownCause/nyc_taxi.csv": ("csv-series", 10_320, 10_320, 1, 1, 1800, "2014-07-01T00:00:00"),
    "lte-cell-traffic-hourly": ("csv-series", 17_465, 17_465, 2, 1, 3600, "2017-10-23T00:00:00"),
    "lte-pdcch-barcelona": ("csv-series", 25_150, 25_150, 2, 11, 120, "2018-02-05T23:40:00"),
    "lte-enodeb-daily-2019": ("csv-long", 23_496, 23_496, 327, 4, 86_400, "2019-08-01T00:00:00"),
    "lte-oss-kpi-kazan": ("workbook-series", 70_896, 69_896, 1, 2, 3600, "2016-01-01T00:00:00"),
    "c2tm-clustered": ("csv-long", 42_437, 42_437, 159, 3, 3600, "2012-08-16T02:00:00"),
    "cdr-asterisk": ("cdr-asterisk", 150, 150, 4, 3, 3600, "2017-06-20T09:00:00"),
    "ip-core-faults-labelled/cpu_util.tsv.gz": ("csv-wide", 9670, 9670, 5, 1, 60, "2020-06-29T10:53:00"),
    "pm-xml-3gpp/oran-sc/pm.xml.gz": ("pm-xml", None, None, 96, None, 900, "2022-04-18T19:00:00"),
    "pm-xml-3gpp/onap/variants": ("pm-xml", 15, 12, 4, 3, 900, "2018-10-02T12:00:00"),
    "pm-xml-3gpp/onap/A_no_managed_element.xml": ("pm-xml", 3, 3, 1, 3, 900, "2018-10-02T12:00:00"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_cannot_be_looked_at_over_time_is_refused_for_the_right_reason(name: str, shared_data: Path) -> None:
    if name == "5g-irish-drive-test":
        pytest.skip("takes half a minute; `tests/benchmarks/loading.py` reads it")
    with pytest.raises(InputError) as caught:
        io.load([shared_data / name])
    assert caught.value.reason.code == REFUSED[name], str(caught.value)


@pytest.mark.parametrize("name", sorted(LOADED))
def test_what_can_be_loaded_is_loaded_whole(name: str, shared_data: Path) -> None:
    format_, read, kept, cells, kpis, period_s, first = LOADED[name]
    loaded = io.load([shared_data / name])
    panel, quality = loaded.panel, loaded.quality
    assert (quality.format, panel.shape[0], panel.period_s) == (format_, cells, period_s)
    assert quality.rows_read == quality.rows_kept + sum(d.rows for d in quality.dropped)
    assert (quality.rows_read, quality.rows_kept) == (read or quality.rows_read, kept or quality.rows_kept)
    assert len(panel.kpis) == (kpis or len(panel.kpis))
    assert str(panel.times[0]) == (first or str(panel.times[0]))
    assert not strange(loaded)


def strange(loaded: Loaded) -> set[str]:
    """What is taken of real data for running totals or days sent twice; there are none."""
    return {note.code for note in loaded.quality.notes} & {totals.RUNNING, *repeated_days.CODES}


@pytest.mark.parametrize("folder", ["nab", "aiops-kpi-2018"])
def test_no_series_of_many_is_taken_for_a_total_or_for_days_sent_twice(folder: str, shared_data: Path) -> None:
    files = sorted((shared_data / folder).glob("*/*.csv"))
    assert files
    assert not {code for file in files for code in strange(io.load([file]))}


@pytest.mark.parametrize(
    ("name", "layout", "period_s", "shape", "kpis"),
    [
        ("service-multikpi-jumpstarter/Dataset2/train", "series", 300, (2, 5760), 19),
        ("grid-traffic-finland-taiwan/taiwan_grid_data.csv", "wide", 300, (21, 8640), 1),
        ("grid-traffic-finland-taiwan/finland_grid_data.csv", "wide", 600, (72, 5400), 1),
        ("5gc-faults-labelled/02_b_train_data.txt.gz", "series", 10, (1, 11_740), 33),
    ],
)
def test_files_without_times_load_once_it_is_told_when_they_begin(
    name: str, layout: str, period_s: int, shape: tuple[int, int], kpis: int, shared_data: Path
) -> None:
    said = LoadOptions(mapping={"first_time": "2021-02-11 00:00", "layout": layout}, period_s=period_s)
    panel = io.load([shared_data / name], said).panel
    assert (panel.shape, len(panel.kpis), panel.period_s) == (shape, kpis, period_s)
    assert str(panel.times[0]) == "2021-02-11T00:00:00"
    assert all(np.isfinite(values).all() for values in panel.values.values())


def test_every_folder_is_named_here(shared_data: Path) -> None:
    named = {name.split("/")[0] for name in (*REFUSED, *LOADED)}
    assert {p.name for p in shared_data.iterdir() if p.is_dir()} <= named


def test_the_sources_of_milan_agree_where_they_overlap(shared_data: Path) -> None:
    milan = shared_data / "telecom-italia-milan"
    raw = io.load([milan / "raw"]).panel
    table = io.load([milan / "cdr_10min_32squares.parquet"]).panel
    row = [c.id for c in table.cells].index("1")
    day = raw.values["internet"].shape[1]
    np.testing.assert_allclose(raw.values["internet"][0], table.values["internet"][row, :day], rtol=1e-4)
    np.testing.assert_allclose(raw.values["call_in"][0], table.values["call_in"][row, :day], rtol=1e-4)


def test_labels_of_the_core_network_are_all_there(shared_data: Path) -> None:
    loaded = io.load([shared_data / "core-network-kpi" / "KPI_train.csv"], LoadOptions(with_labels=True))
    assert loaded.labels is not None
    assert sum(int((v == 1).sum()) for v in loaded.labels.values()) == 246
    assert all((v >= 0).all() for v in loaded.labels.values())


def test_the_month_may_be_told_to_come_first(shared_data: Path) -> None:
    loaded = io.load([shared_data / "lte-sleeping-cell-kpi"], LoadOptions(day_first=False))
    assert loaded.panel.shape == (2, 864)
    assert loaded.panel.period_s == 900
    assert loaded.panel.times[0] == np.datetime64("2018-09-03T00:00", "s")
    assert {d.reason.code for d in loaded.quality.dropped} == {"row_blank"}


def test_gaps_of_the_challenge_set_are_missing(shared_data: Path) -> None:
    loaded = io.load([shared_data / "aiops-kpi-2018" / "preliminary" / "07927a9a18fa19ae.csv"])
    assert loaded.panel.shape[1] - loaded.quality.rows_kept == np.isnan(loaded.panel.values["value"]).sum() > 0
