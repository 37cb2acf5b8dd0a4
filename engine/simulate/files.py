"""A simulated city as files."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from engine.data import Panel
from engine.errors import Reason
from engine.labelling.labels import Interval, write_intervals
from engine.monitor import Monitor
from engine.simulate.city import Simulated
from engine.writing.output import whole_file


def write(simulated: Simulated, folder: Path, monitor: Monitor) -> None:
    """Write `data.parquet` (time_utc, cell, one column per KPI), `cells.csv` and `truth.csv` (labelled intervals)."""
    panel = simulated.panel
    _write_data(panel, folder / "data.parquet", monitor)
    with whole_file(folder / "cells.csv") as part, part.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(("cell", "name", "site", "lat", "lon", "azimuth"))
        for cell in panel.cells:
            table.writerow((cell.id, cell.name, cell.site, f"{cell.lat:.6f}", f"{cell.lon:.6f}", f"{cell.azimuth:g}"))
    known = {kpi.id for kpi in panel.kpis}
    period = np.timedelta64(panel.period_s, "s")
    intervals = (
        Interval(panel.cells[cell].id, kpi, panel.times[h.start], panel.times[h.stop - 1] + period, h.kind)
        for h in simulated.incidents
        for kpi in h.kpis
        if kpi in known
        for cell in h.cells
    )
    with whole_file(folder / "truth.csv") as part:
        write_intervals(part, intervals)


def _write_data(panel: Panel, path: Path, monitor: Monitor) -> None:
    import duckdb
    import pandas as pd

    cells, steps = panel.shape
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    per_slice = max(1, 2_000_000 // steps)
    columns = ", ".join(f'"{kpi.id}" FLOAT' for kpi in panel.kpis)
    connection.execute(f"create table data (time_utc TIMESTAMP, cell VARCHAR, {columns})")
    for first in range(0, cells, per_slice):
        monitor.step(first / cells, Reason("stage_report", {"name": path.name}))
        rows = slice(first, min(first + per_slice, cells))
        names = [cell.id for cell in panel.cells[rows]]
        frame = pd.DataFrame({"time_utc": np.tile(panel.times, len(names)), "cell": np.repeat(names, steps)})
        for kpi in panel.kpis:
            frame[kpi.id] = panel.values[kpi.id][rows].ravel()
        connection.register("frame", frame)
        values = ", ".join(f"""case when isnan("{k.id}") then null else "{k.id}" end""" for k in panel.kpis)
        connection.execute(f"insert into data select time_utc, cell, {values} from frame")
        connection.unregister("frame")
    with whole_file(path) as part:
        connection.execute(
            f"copy data to '{str(part).replace(chr(39), chr(39) * 2)}' (format parquet, compression zstd)"
        )
    connection.close()
