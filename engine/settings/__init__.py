"""Everything a person can set for a run, declared once: default, bounds, label.

The form in the window, the command line's checks and the project file all come from these declarations.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import InputError, Reason
from engine.settings import gap_policy, weekend

VOTES = ("fused", "any", "majority", "all")
"""Named votes; a whole number k as text means "at least k detectors"."""

VOTING = ("preset", "vote", "budget", "threshold", "min_deviation", "min_duration", "min_traffic", "min_events", "hold")
"""What counts after detection: `pipeline.revote` heeds these, a change of any other setting takes a run."""

LATER = ("keep_days",)
"""What counts when later days are put to a result; it changes nothing about the result itself."""

NO_PRESET = ("country", "weekend", "zone", "seed", "gaps", "keep_days")
"""What belongs to the data or the network: choosing a preset leaves it alone."""

FEEDS = ("adjusted", "raw")
SEASONS = ("auto", "week", "day", "none")
THRESHOLDS = ("budget", "min_error")


def setting(
    default: Any,  # noqa: ANN401 - a declaration holds values of every type
    label: str,
    *,
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:  # noqa: ANN401
    """Declare one setting: its default, the label a person reads, and the bounds or choices it must keep."""
    return field(default=default, metadata={"label": label, "low": low, "high": high, "choices": choices})


@dataclass(frozen=True)
class Settings:
    """One run's settings. Build with `preset(...)` and `dataclasses.replace`; `check` raises InputError."""

    preset: str = setting("balanced", "Preset")
    detectors: tuple[str, ...] = setting(
        ("baseline", "garch", "kmeans", "nnar", "gaussian", "flatline", "convlstm"), "Detectors"
    )
    vote: str = setting("fused", "Vote")
    budget: float = setting(0.1, "False alarms per cell and week", low=0.001, high=50.0)
    threshold: str = setting("budget", "Threshold", choices=THRESHOLDS)
    feed: str = setting("adjusted", "Detectors work on", choices=FEEDS)
    season: str = setting("auto", "What is usual repeats by", choices=SEASONS)
    train_share: float = setting(1.0, "Share of the history to learn from", low=0.1, high=1.0)
    min_deviation: float = setting(0.2, "Ignore deviations below this share of the expected value", low=0.0, high=10.0)
    min_duration: int = setting(1, "Ignore anomalies shorter than this many periods", low=1, high=10_000)
    min_traffic: float = setting(
        3.0, "Ignore counts of events where value and expectation are below", low=0.0, high=1e9
    )
    min_events: float = setting(3.0, "Ignore ratios that fewer events than this would explain", low=0.0, high=1e9)
    hold: float = setting(0.7, "An anomaly lasts until its score falls below", low=0.05, high=1.0)
    garch_p: int = setting(1, "GARCH p (past squared errors)", low=1, high=5)
    garch_q: int = setting(1, "GARCH q (past variances)", low=0, high=5)
    nnar_mode: str = setting("fleet", "NNAR training", choices=("fleet", "faithful"))
    nnar_lags: int = setting(29, "NNAR lags p (0 = by the data)", low=0, high=400)
    nnar_seasonal: int = setting(0, "NNAR seasonal lags P (same time on so many days before)", low=0, high=14)
    nnar_hidden: int = setting(15, "NNAR hidden nodes k (0 = by the lags)", low=0, high=200)
    nnar_networks: int = setting(20, "NNAR networks averaged", low=1, high=100)
    kmeans_separation: float = setting(
        0.75, "K-means abstains below this separation of its clusters", low=0.0, high=1.0
    )
    model: str = setting("", "ConvLSTM model (empty = the one in use)")
    gaps: tuple[str, ...] = setting((), "What becomes of gaps, by KPI (zero, hold:3, interpolate:3)")
    keep_days: int = setting(7, "Score later days by models of up to so many days ago (0 = learn anew)", low=0, high=90)
    country: str = setting("", "Country of the calendar (ISO code)")
    weekend: str = setting("", "Weekend")
    zone: str = setting("", "Time zone of the network (IANA name)")
    seed: int = setting(1, "Seed of everything random", low=0, high=2**31 - 1)

    def check(self) -> Settings:
        """Return self. Raises InputError naming the first setting that is out of its bounds or choices."""
        for declared in dataclasses.fields(self):
            value, meta = getattr(self, declared.name), declared.metadata
            low, high, choices = meta["low"], meta["high"], meta["choices"]
            if choices and value not in choices:
                raise InputError(
                    Reason(
                        "setting_choice", {"setting": declared.name, "value": str(value), "choices": ", ".join(choices)}
                    )
                )
            if low is not None and not low <= value <= high:
                raise InputError(
                    Reason("setting_bounds", {"setting": declared.name, "value": value, "low": low, "high": high})
                )
        if self.vote not in VOTES and not (self.vote.isdecimal() and int(self.vote) >= 1):
            raise InputError(
                Reason("setting_choice", {"setting": "vote", "value": self.vote, "choices": ", ".join(VOTES) + ", N"})
            )
        gap_policy.read(self.gaps)
        weekend.read(self.weekend)
        if not self.detectors:
            raise InputError(Reason("no_detectors"))
        return self

    @property
    def weekend_days(self) -> frozenset[int] | None:
        """The days of the weekend, 0 = Monday; None: those of the country."""
        return weekend.read(self.weekend)

    @property
    def learns_from_labels(self) -> bool:
        """Whether a person chose what works by labels, so that a run is to be given those there are.

        Else they are kept out of it: data that happen to be labelled are judged as they would be without.
        """
        return "boosting" in self.detectors or self.threshold == "min_error"

    def only_votes_differ(self, other: Settings) -> bool:
        """Whether a result of these settings can be re-voted for `other` without detecting again."""
        learned = other.threshold == "min_error" != self.threshold
        return not learned and all(
            getattr(self, declared.name) == getattr(other, declared.name)
            for declared in dataclasses.fields(self)
            if declared.name not in VOTING + LATER
        )

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values by setting name."""
        return {
            f.name: list(v) if isinstance(v := getattr(self, f.name), tuple) else v for f in dataclasses.fields(self)
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Settings:
        """The settings of a stored run; settings that did not exist then take their default."""
        known = {f.name for f in dataclasses.fields(cls)}
        given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in known}
        return cls(**given).check()

    def digest(self) -> str:
        """Twelve hexadecimal digits that identify these settings."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:12]


PRESETS: Mapping[str, Settings] = {
    "balanced": Settings(),
    "quiet": Settings(preset="quiet", budget=0.02),
    "sensitive": Settings(preset="sensitive", budget=0.5),
    "paper": Settings(
        preset="paper",
        detectors=("garch", "kmeans", "nnar"),
        vote="any",
        threshold="min_error",
        feed="raw",
        train_share=0.7,
        min_deviation=0.0,
        min_traffic=0.0,
        min_events=0.0,
        hold=1.0,
        nnar_mode="faithful",
        kmeans_separation=0.0,
    ),
}
"""`quiet`, `balanced`, `sensitive` are alarm budgets; `paper` is the literal hybrid of Mokhtari et al. (2022)."""


def preset(name: str) -> Settings:
    """The settings of a preset. Raises InputError for an unknown name."""
    try:
        return PRESETS[name]
    except KeyError:
        raise InputError(
            Reason("setting_choice", {"setting": "preset", "value": name, "choices": ", ".join(PRESETS)})
        ) from None
