"""The KPI dictionary knows the field's names."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import Direction, KpiKind
from engine.io import kpis


@pytest.mark.parametrize(
    ("name", "kind", "bad"),
    [
        ("E_RAB_DR", KpiKind.RATIO, Direction.UP),
        ("E_RAB_SETUP_FR", KpiKind.RATIO, Direction.UP),
        ("RRC_Success_Rate", KpiKind.RATIO, Direction.DOWN),
        ("LTE_RACH_SETUP_COMPLETES_RATE", KpiKind.RATIO, Direction.DOWN),
        ("CSSR%", KpiKind.RATIO, Direction.DOWN),
        ("CELL_AVAIL", KpiKind.RATIO, Direction.DOWN),
        ("Drop_Call_Ratio(RLF%)", KpiKind.RATIO, Direction.UP),
        ("UL_BLER%", KpiKind.RATIO, Direction.UP),
        ("PRBUsageDL", KpiKind.GAUGE, Direction.UP),
        ("cpu_util", KpiKind.GAUGE, Direction.UP),
        ("AVG_DELAY_DL_MS", KpiKind.GAUGE, Direction.UP),
        ("User_Tput_MEAN_UL(kbps)", KpiKind.GAUGE, Direction.DOWN),
        ("UL_TP", KpiKind.GAUGE, Direction.DOWN),
        ("meanThr_DL", KpiKind.GAUGE, Direction.DOWN),
        ("mcs_down_var", KpiKind.GAUGE, Direction.BOTH),
        ("WORST_RSSI", KpiKind.GAUGE, Direction.BOTH),
        ("meanUE_DL", KpiKind.GAUGE, Direction.BOTH),
        ("LTE_RRC_SETUP_ATTEMPTS", KpiKind.COUNT, Direction.BOTH),
        ("Traffic", KpiKind.COUNT, Direction.BOTH),
        ("bytes", KpiKind.COUNT, Direction.BOTH),
        ("internet", KpiKind.COUNT, Direction.BOTH),
        ("call_drops", KpiKind.COUNT, Direction.UP),
        ("talk_seconds", KpiKind.COUNT, Direction.BOTH),
        ("RRC连接建立成功率(%)", KpiKind.RATIO, Direction.DOWN),
        ("E-RAB掉线率(%)", KpiKind.RATIO, Direction.UP),
        ("掉话次数", KpiKind.COUNT, Direction.UP),
        ("下行PRB利用率", KpiKind.GAUGE, Direction.UP),
        ("平均用户数", KpiKind.GAUGE, Direction.BOTH),
        ("RRC连接建立请求次数", KpiKind.COUNT, Direction.BOTH),
        ("スループット", KpiKind.GAUGE, Direction.DOWN),
        ("절단율", KpiKind.RATIO, Direction.UP),
        ("Доля успешных вызовов, %", KpiKind.RATIO, Direction.DOWN),
        ("Tasa de caídas", KpiKind.RATIO, Direction.UP),
        ("Tráfego de dados", KpiKind.COUNT, Direction.BOTH),
        ("Verfügbarkeit", KpiKind.RATIO, Direction.DOWN),
        ("X17 (%)", KpiKind.RATIO, Direction.BOTH),
        ("HO Succ Rate Intra", KpiKind.RATIO, Direction.DOWN),
        ("TCH Blocking Rate", KpiKind.RATIO, Direction.UP),
        ("Retainability", KpiKind.RATIO, Direction.DOWN),
        ("pmCellDowntimeAuto", KpiKind.GAUGE, Direction.UP),
        ("Mean RTWP", KpiKind.GAUGE, Direction.UP),
        ("VoLTE MOS", KpiKind.GAUGE, Direction.DOWN),
        ("VS.RAB.AbnormRel.CS", KpiKind.COUNT, Direction.UP),
    ],
)
def test_well_known_names(name: str, kind: KpiKind, bad: Direction) -> None:
    found = kpis.known(name)
    assert found is not None
    assert (found.id, found.kind, found.bad) == (name, kind, bad)


def test_an_unknown_name_is_judged_by_its_values() -> None:
    whole = np.array([[0, 3, np.nan]], np.float32)
    assert kpis.describe("x17", whole).kind is KpiKind.COUNT
    assert kpis.describe("x17", whole + np.float32(0.5)).kind is KpiKind.GAUGE
    assert kpis.describe("x17", -whole).kind is KpiKind.GAUGE
    assert kpis.describe("x17", np.full((1, 2), np.nan, np.float32)).kind is KpiKind.GAUGE


def test_a_count_that_goes_below_zero_is_no_count() -> None:
    assert kpis.describe("calls", np.array([[-1.5, 2]], np.float32)).kind is KpiKind.GAUGE


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("下行流量(GB)", "GB"),
        ("VoLTE话务量(Erl)", "Erl"),
        ("data_mb", "MB"),
        ("DL volume GB", "GB"),
        ("ifInOctets", "B"),
        ("thp_kbps", "kbit/s"),
        ("rate_mbps", "Mbit/s"),
    ],
)
def test_a_unit_in_the_name_is_the_unit(name: str, unit: str) -> None:
    found = kpis.known(name)
    assert found is not None
    assert found.unit == unit


@pytest.mark.parametrize(
    ("name", "values", "unit"),
    [
        ("RRC_Success_Rate", [99.5, 98.0, np.nan], "%"),
        ("RRC_Success_Rate", [0.995, 0.98, 1.0], ""),
        ("RRC_Success_Rate (%)", [0.5, 0.9, 1.0], "%"),
        ("Drop_Rate", [0.2, 0.4, 0.9], "%"),
        ("RRU.PrbUsedDl", [40.0, 180.0, 273.0], ""),
        ("RRU.PrbTotDl", [40.0, 80.0, 100.0], "%"),
        ("RRC_Setup_Rate", [99.0] * 200 + [133.0], "%"),
        ("RRC_Success_Rate", [np.nan, np.nan], "%"),
        ("RRC_Success_Rate", [0.0, 0.0], "%"),
    ],
)
def test_what_is_called_a_percentage_is_one_if_its_values_agree(name: str, values: list[float], unit: str) -> None:
    assert kpis.describe(name, np.array([values], np.float32)).unit == unit


@pytest.mark.parametrize(
    ("name", "values", "unit"),
    [
        ("rtwp_dbm", [-105.0, -104.0], "dBm"),
        ("UL RSSI (dBm)", [-101.0, -99.0], "dBm"),
        ("avg_sinr_db", [0.5, 12.0], "dB"),
        ("anything dB", [0.5, 12.0], "dB"),
        ("RSRP", [-95.0, -94.0], "dBm"),
        ("RSRP index", [40.0, 97.0], ""),
        ("UL interference", [-110.0, -104.0], "dBm"),
        ("UL interference", [0.0, 3.5], ""),
        ("temperature", [-5.0, -3.5], ""),
        ("db_connections", [5.0, 3.0], ""),
        ("dl_traffic_tb", [0.01, 0.03], "TB"),
    ],
)
def test_levels_and_amounts_are_known_by_name_and_values(name: str, values: list[float], unit: str) -> None:
    assert kpis.describe(name, np.array([values], np.float32)).unit == unit
