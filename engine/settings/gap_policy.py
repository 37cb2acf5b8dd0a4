"""What a person wants to become of points that were not measured, per KPI: the words of it, no data.

Written "KPI=missing", "KPI=zero", "KPI=hold:3" or "KPI=interpolate:3"; the KPI "*" stands for all that have no policy
of their own. Without a policy a gap stays a gap: missing is not zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.errors import InputError, Reason

MISSING, ZERO, HOLD, INTERPOLATE = "missing", "zero", "hold", "interpolate"
KINDS = (MISSING, ZERO, HOLD, INTERPOLATE)
BOUNDED = (HOLD, INTERPOLATE)
"""Policies that fill gaps up to a length only: a longer one is left whole."""

ALL = "*"
MOST_PERIODS = 10_000
USUAL_PERIODS = 3


@dataclass(frozen=True)
class GapPolicy:
    """kind: of `KINDS`. longest: gaps of more periods stay, for `BOUNDED` kinds; 0 for the others."""

    kind: str = MISSING
    longest: int = 0

    @property
    def text(self) -> str:
        """As it is written: "hold:3"."""
        return f"{self.kind}:{self.longest}" if self.kind in BOUNDED else self.kind


LEAVE = GapPolicy()


def parse(text: str) -> tuple[str, GapPolicy]:
    """The KPI and its policy from "KPI=POLICY". Raises InputError for what is none."""
    kpi, _, told = text.rpartition("=")
    kind, _, length = told.strip().lower().partition(":")
    kpi = kpi.strip()
    if not kpi or kind not in KINDS or (length and kind not in BOUNDED):
        raise InputError(Reason("gap_policy", {"value": text[:80]}))
    if kind not in BOUNDED:
        return kpi, GapPolicy(kind)
    if length and not (length.isdecimal() and 1 <= int(length) <= MOST_PERIODS):
        raise InputError(Reason("gap_length", {"value": text[:80], "most": MOST_PERIODS}))
    return kpi, GapPolicy(kind, int(length) if length else USUAL_PERIODS)


def write(policies: Mapping[str, GapPolicy]) -> tuple[str, ...]:
    """The texts that `read` gives these policies for; a KPI whose gaps stay is only named beside a "*" that fills."""
    others = policies.get(ALL, LEAVE)
    return tuple(
        f"{kpi}={policy.text}"
        for kpi, policy in policies.items()
        if policy.kind != MISSING or (kpi != ALL and others.kind != MISSING)
    )


def read(texts: Iterable[str]) -> dict[str, GapPolicy]:
    """Policies by KPI. Raises InputError for a text that is none, or a KPI that is named twice."""
    found: dict[str, GapPolicy] = {}
    for text in texts:
        kpi, policy = parse(text)
        if kpi in found:
            raise InputError(Reason("gap_twice", {"kpi": kpi}))
        found[kpi] = policy
    return found


def policy_of(kpi: str, texts: Iterable[str]) -> GapPolicy:
    """The policy of one KPI: its own, or that of all others. Raises InputError as `read`."""
    found = read(texts)
    return found.get(kpi, found.get(ALL, LEAVE))
