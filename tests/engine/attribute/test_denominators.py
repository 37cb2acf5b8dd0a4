from __future__ import annotations

import numpy as np
import pytest

from engine.attribute.denominators import counts_events, denominator_of
from engine.data import Direction, Kpi, KpiKind

COUNTS = (
    Kpi("rrc_conn_att"),
    Kpi("ho_succ"),
    Kpi("ho_att"),
    Kpi("LTE_RACH_ATTEMPTS"),
    Kpi("calls", "calls"),
    Kpi("erab_drops", "", KpiKind.COUNT, Direction.UP),
    Kpi("dl_volume_gb", "GB"),
)


def ratio(name: str, bad: Direction = Direction.DOWN, denominator: str = "") -> Kpi:
    return Kpi(name, "%", KpiKind.RATIO, bad, denominator)


@pytest.mark.parametrize(
    ("kpi", "of"),
    [
        (ratio("ho_sr"), "ho_att"),
        (ratio("RRC Setup Success Rate (%)"), "rrc_conn_att"),
        (ratio("RRCSetupSuccessRate"), "rrc_conn_att"),
        (ratio("drop_rate", Direction.UP), "calls"),
        (ratio("CSSR"), "calls"),
        (ratio("erab_drop_rate", Direction.UP), None),
        (ratio("UL_LOSS_RATE_QCI1%", Direction.UP), None),
        (ratio("intra_freq_ho_sr"), None),
    ],
)
def test_a_ratio_is_of_the_attempts_of_its_own_procedure_or_of_nothing_known(kpi: Kpi, of: str | None) -> None:
    found = denominator_of(kpi, COUNTS)
    assert (found.id if found else None) == of


def test_what_the_dictionary_names_comes_before_any_name() -> None:
    assert denominator_of(ratio("ho_sr", denominator="rrc_conn_att"), COUNTS) == COUNTS[0]
    assert denominator_of(ratio("ho_sr", denominator="not_in_the_data"), COUNTS) is None


def test_successes_are_what_a_drop_rate_is_of_and_no_attempts() -> None:
    succeeded = (Kpi("erab_succ"),)
    assert denominator_of(ratio("erab_drop_rate", Direction.UP), succeeded) == succeeded[0]
    assert denominator_of(ratio("erab_sr"), succeeded) is None


def test_volumes_times_and_fractions_are_no_events() -> None:
    whole = np.array([[3.0, np.nan, 7.0]], np.float32)
    assert counts_events(Kpi("ho_att"), whole)
    assert counts_events(Kpi("calls", "calls"), whole)
    assert not counts_events(Kpi("volume", "GB"), whole)
    assert not counts_events(Kpi("traffic", "Erl"), whole)
    assert not counts_events(Kpi("activity"), whole + np.float32(0.25))
    assert not counts_events(ratio("ho_sr"), whole)
