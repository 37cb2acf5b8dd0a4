"""What a unit says of its numbers: whether they are logarithms, and whether they count events or measure an amount;
and the units that stand behind numbers, with the factors between them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

NEPER_DB = 4.342944819
"""10 / ln 10: a change of power by a small share is so many decibels times that share."""

_LEVEL = re.compile(r"dB(?:[mWVcirdK]|[uµμ][VAW](?:/m)?|FS)?", re.IGNORECASE)

_AMOUNT = re.compile(
    r"""(?:m|k|)(?:Erl|Erlang|Erlangs)
    | (?:[kKMGTP]i?|kilo|mega|giga|tera|peta|)(?:B|b|bytes?|octets?|bits?)
    | (?:m|u|µ|)(?:s|sec|second|seconds|ms) | min | minutes? | h | hours?
    | .+(?:/|\bper\b).+ | [kMG]?bps | [kMGT]?W | [kMGT]?Wh | [kMG]?Hz""",
    re.VERBOSE,
)


def is_level(unit: str) -> bool:
    """Whether numbers of this unit are logarithms of power (dB, dBm ...): percentages of them say nothing."""
    return _LEVEL.fullmatch(unit.strip()) is not None


def is_amount(unit: str) -> bool:
    """Whether the unit measures an amount (bytes, erlang, seconds ...) and could as well be a thousand times as large.

    What has no such unit (calls, users, "activity", none at all) is taken as a number of events.
    """
    return _AMOUNT.fullmatch(unit.strip()) is not None


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of numbers. symbol: how this program writes it. quantity: what it measures; units of one quantity differ
    by a factor alone. size: of how many of the smallest it is.
    """

    symbol: str
    quantity: str
    size: float = 1.0


SHARE = "share"
"""The quantity of percentages."""

_PREFIXES = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_BINARY = {"Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40}
_OCTETS = ("byte", "bytes", "Byte", "Bytes", "octet", "octets")
_BITS = ("bit", "bits", "Bit", "Bits")

_PLAIN = {
    **{name: Unit("%", SHARE) for name in ("%", "\uff05", "\u066a", "percent")},
    **{name: Unit("s", "time", 1e6) for name in ("s", "sec", "secs", "second", "seconds")},
    **{name: Unit("ms", "time", 1e3) for name in ("ms", "msec", "millisecond", "milliseconds")},
    **{name: Unit("\u00b5s", "time") for name in ("us", "\u00b5s", "\u03bcs", "usec")},
    **{name: Unit("min", "time", 6e7) for name in ("min", "mins", "minute", "minutes")},
    **{name: Unit("Erl", "traffic", 1e3) for name in ("Erl", "erl", "ERL", "Erlang", "erlang", "Erlangs", "erlangs")},
    "mErl": Unit("mErl", "traffic"),
    "mW": Unit("mW", "power"),
    "W": Unit("W", "power", 1e3),
    "kW": Unit("kW", "power", 1e6),
    "Wh": Unit("Wh", "energy"),
    "kWh": Unit("kWh", "energy", 1e3),
    "MWh": Unit("MWh", "energy", 1e6),
    "mV": Unit("mV", "voltage"),
    "V": Unit("V", "voltage", 1e3),
    "m": Unit("m", "length"),
    "km": Unit("km", "length", 1e3),
    "\u00b0C": Unit("\u00b0C", "temperature"),
    **{name: Unit(level, level) for level in ("dB", "dBm", "dBW") for name in (level, level.lower(), level.upper())},
    **{name: Unit(name, name) for name in ("kb", "Kb", "mb", "gb", "tb", "KBPS", "MBPS", "GBPS")},
}
"""By all ways in which they are written. Nobody knows whether the last ones are bits or bytes: they stand for
themselves and are never converted."""

USUAL = {
    "octets": Unit("MB", "octets", 1e6),
    "bits": Unit("Mbit", "bits", 1e6),
    "octets/s": Unit("MB/s", "octets/s", 1e6),
    "bits/s": Unit("Mbit/s", "bits/s", 1e6),
    "time": _PLAIN["ms"],
    "traffic": _PLAIN["Erl"],
    "frequency": Unit("MHz", "frequency", 1e6),
    "power": _PLAIN["W"],
    "energy": _PLAIN["kWh"],
    "voltage": _PLAIN["V"],
    "length": _PLAIN["km"],
}
"""The unit that numbers of several units of a quantity are brought to."""

_NO_SUMS = frozenset({SHARE, "octets/s", "bits/s", "frequency", "power", "voltage", "length", "temperature"})


def _with_prefixes() -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for prefix, size in _PREFIXES.items():
        octets, bits = Unit(f"{prefix}B", "octets", size), Unit(f"{prefix}bit", "bits", size)
        octet_rate, bit_rate = Unit(f"{prefix}B/s", "octets/s", size), Unit(f"{prefix}bit/s", "bits/s", size)
        for p in {prefix, prefix.lower(), prefix.upper()}:
            found |= {f"{p}B": octets, f"{p}B/s": octet_rate, f"{p}Bps": octet_rate, f"{p}bps": bit_rate}
            found |= dict.fromkeys((f"{p}{name}" for name in _OCTETS), octets)
            found |= dict.fromkeys((f"{p}{name}/s" for name in _OCTETS), octet_rate)
            found |= dict.fromkeys((f"{p}{name}" for name in _BITS), bits)
            found |= dict.fromkeys((f"{p}{name}{per}" for name in ("b", *_BITS) for per in ("/s", "/sec")), bit_rate)
            found[f"{p}Hz"] = Unit(f"{prefix}Hz", "frequency", size)
        if prefix in ("M", "G", "T"):
            found[f"{prefix}b"] = bits
    for prefix, size in _BINARY.items():
        found |= dict.fromkeys((f"{prefix}B", f"{prefix}Byte"), Unit(f"{prefix}B", "octets", size))
    return found


SPELT: Mapping[str, Unit] = {**_with_prefixes(), **_PLAIN}
"""Every unit that stands behind numbers, by all ways in which it is written there."""


_BITS_AN_OCTET = {"bits": ("octets", 8.0), "bits/s": ("octets/s", 8.0)}


def factor(given: str, wanted: str) -> float | None:
    """What numbers of one unit are multiplied by to be of another; None where they are not of one quantity, or where
    one of the two is not known. Bits and octets are one.
    """
    if given == wanted:
        return 1.0
    one, other = SPELT.get(given), SPELT.get(wanted)
    if one is None or other is None:
        return None
    (quantity, size), (other_quantity, other_size) = _in_octets(one), _in_octets(other)
    return size / other_size if quantity == other_quantity else None


def _in_octets(unit: Unit) -> tuple[str, float]:
    quantity, bits = _BITS_AN_OCTET.get(unit.quantity, (unit.quantity, 1.0))
    return quantity, unit.size / bits


def adds_up(unit: Unit) -> bool:
    """Whether numbers of this unit can be those of a count, which is summed: rates, shares and levels are none."""
    return unit.quantity not in _NO_SUMS and not is_level(unit.symbol)
