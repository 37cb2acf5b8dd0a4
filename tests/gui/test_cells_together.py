"""Cells of the open data put together by what they have: sums and ratios of sums; refused where they have it not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.said.reviews import Place

CELLS = ("c1", "c2", "c3")


@pytest.fixture
def opened(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> MainWindow:
    rows = [f"2024-03-{d:02}T{h:02}:00Z,{c},{d},{d + h + 1}" for d in range(1, 4) for h in range(24) for c in CELLS]
    (tmp_path / "kpi.csv").write_text("\n".join(["time,cell,drops,calls", *rows]) + "\n")
    window.open([tmp_path / "kpi.csv"])
    qtbot.waitUntil(lambda: window.state.result is not None and window.desk.idle, timeout=60_000)
    return window


def again(window: MainWindow, qtbot: QtBot) -> None:
    """Wait until the data that are now open were judged."""
    qtbot.waitUntil(lambda: window.state.result is not None and window.desk.idle, timeout=60_000)


def test_sites_hold_the_sums_of_their_cells_and_ratios_of_sums(
    opened: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "cells.csv").write_text("cell,site\nc1,North\nc2,North\nc3,South\n")
    (tmp_path / "kpis.csv").write_text(
        "kpi,unit,kind,numerator,denominator\ndrop_rate,%,,drops,calls\ndrops,,count,,\ncalls,,count,,\n"
    )
    opened.desk.join_cells(tmp_path / "cells.csv")
    again(opened, qtbot)
    opened.desk.take_kpis(tmp_path / "kpis.csv")
    again(opened, qtbot)
    opened.state.reviews.tag(Place(1, "calls", 3, 5), "fault")
    opened.desk.keeper.keep_in(None)
    opened.actions_by_id["together_site"].trigger()
    qtbot.waitUntil(lambda: opened.state.panel is not None and len(opened.state.panel.cells) == 2, timeout=20_000)
    again(opened, qtbot)
    panel = opened.state.panel
    assert panel is not None
    assert [cell.id for cell in panel.cells] == ["North", "South"]
    assert panel.values["calls"][:, 0].tolist() == [4.0, 2.0]
    assert np.allclose(panel.values["drop_rate"][:, 0], [50.0, 50.0])
    assert "3 cells were put together to 2" in opened.banner.text
    assert not opened.state.reviews.all
    opened.desk.add_later([tmp_path / "kpi.csv"])
    qtbot.waitUntil(lambda: "later files hold cells" in opened.banner.text and opened.desk.idle, timeout=20_000)


def test_without_sites_it_is_refused_and_everything_stays(opened: MainWindow, qtbot: QtBot) -> None:
    before = opened.state.result
    opened.desk.keeper.keep_in(None)
    opened.actions_by_id["together_area"].trigger()
    qtbot.waitUntil(lambda: "The area of no cell is known" in opened.banner.text and opened.desk.idle, timeout=20_000)
    assert opened.state.result is before


def test_the_menu_offers_what_the_cells_have(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    assert opened.together.offered == []
    (tmp_path / "cells.csv").write_text(
        "cell,region,technology,vendor\nc1,North,5G,A\nc2,North,5G,A\nc3,North,LTE,A\nc4,South,LTE,A\n"
    )
    opened.desk.join_cells(tmp_path / "cells.csv")
    qtbot.waitUntil(lambda: bool(opened.together.offered), timeout=20_000)
    again(opened, qtbot)
    named = {action.text(): action for action in opened.together.offered if not action.isSeparator()}
    assert list(named) == ["By region", "By technology", "By vendor"]
    opened.desk.keeper.keep_in(None)
    opened.submenus["together"].aboutToShow.emit()
    named["By technology"].trigger()
    qtbot.waitUntil(lambda: opened.state.panel is not None and len(opened.state.panel.cells) == 2, timeout=20_000)
    again(opened, qtbot)
    assert "3 cells were put together to 2 entities, by technology" in opened.banner.text
    assert opened.state.panel is not None
    assert [cell.id for cell in opened.state.panel.cells] == ["5G", "LTE"]
    qtbot.waitUntil(
        lambda: [a.text() for a in opened.together.offered if not a.isSeparator()] == ["By region", "By vendor"]
    )


def test_groups_by_two_fields_are_kept_in_the_project(opened: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "cells.csv").write_text("cell,region,technology\nc1,North,5G\nc2,North,LTE\nc3,South,LTE\n")
    opened.desk.join_cells(tmp_path / "cells.csv")
    again(opened, qtbot)
    opened.desk.keeper.keep_in(None)
    opened.desk.put_together("region+technology")
    qtbot.waitUntil(lambda: "by region and technology" in opened.banner.text, timeout=20_000)
    again(opened, qtbot)
    opened.desk.save(tmp_path / "groups.cellwarden")
    qtbot.waitUntil(lambda: opened.desk.idle and (tmp_path / "groups.cellwarden").is_file(), timeout=20_000)
    opened.open([tmp_path / "groups.cellwarden"])
    again(opened, qtbot)
    assert opened.state.panel is not None
    first = opened.state.panel.cells[0]
    assert (first.id, first.technology) == ("North / 5G", "5G")
    opened.desk.add_later([tmp_path / "kpi.csv"])
    qtbot.waitUntil(lambda: "later files hold cells" in opened.banner.text and opened.desk.idle, timeout=20_000)
