"""The KPI dictionary: what a counter or rate of that name is, how it may be summed, and which direction hurts.

Names are those of 3GPP TS 28.552 / 32.425 families, of vendors' exports and of regulators' reports (TS 32.450, 28.554).
An unknown name is judged by its values: whole numbers that are never negative are counts, all else is a gauge.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.data import Direction, FloatArray, Kpi, KpiKind
from engine.data.units import SHARE, SPELT, adds_up, is_level
from engine.files.name_words import words

_COUNT, _RATIO, _GAUGE = KpiKind.COUNT, KpiKind.RATIO, KpiKind.GAUGE
_UP, _DOWN, _BOTH = Direction.UP, Direction.DOWN, Direction.BOTH


@dataclass(frozen=True)
class _Family:
    """Names that contain all words of one alternative of `words` ("a+b|c"), or one fragment, are of this kind."""

    words: str
    kind: KpiKind
    unit: str
    bad: Direction


_EXACT: dict[str, Kpi] = {
    "sms_in": Kpi("sms_in", "activity", _COUNT, _BOTH),
    "sms_out": Kpi("sms_out", "activity", _COUNT, _BOTH),
    "call_in": Kpi("call_in", "activity", _COUNT, _BOTH),
    "call_out": Kpi("call_out", "activity", _COUNT, _BOTH),
    "internet": Kpi("internet", "activity", _COUNT, _BOTH),
    "calls": Kpi("calls", "calls", _COUNT, _BOTH),
    "answered": Kpi("answered", "calls", _COUNT, _DOWN),
    "talk_seconds": Kpi("talk_seconds", "s", _COUNT, _BOTH),
}

# Order matters: the first family that fits wins, so the specific stands before the general.
_FAMILIES: tuple[_Family, ...] = (
    _Family("var|variance|stddev|std", _GAUGE, "", _BOTH),
    _Family("drop+rate|drop+ratio|dr|dcr|erabdr|failure+rate|fail+rate|fr|error+rate|bler|loss+rate", _RATIO, "%", _UP),
    _Family("block+rate|blocking+rate|blocked+rate|congestion+rate|cong+rate|reject+rate", _RATIO, "%", _UP),
    _Family("tasa+caida|tasa+caidas|tasa+fallo|tasa+fallos|taxa+queda|taxa+quedas", _RATIO, "%", _UP),
    _Family("taxa+falha|taxa+falhas|taux+coupure|taux+coupures|taux+echec|taux+echecs", _RATIO, "%", _UP),
    _Family("abbruchrate|fehlerrate|ausfallrate", _RATIO, "%", _UP),
    _Family("exito|sucesso|succes|successo|erfolgsrate|erfolgsquote|basari+orani", _RATIO, "%", _DOWN),
    _Family("disponibilidad|disponibilidade|disponibilite|verfugbarkeit", _RATIO, "%", _DOWN),
    _Family("success|succ+rate|succ+ratio|completes+rate|setup+rate|sr|cssr|hosr", _RATIO, "%", _DOWN),
    _Family("rrcssr|erabsr|ichosr", _RATIO, "%", _DOWN),
    _Family("availability|avail|accessibility|retainability", _RATIO, "%", _DOWN),
    _Family("downtime|unavail|unavailable|unavailability|outage", _GAUGE, "", _UP),
    _Family("prb|utilisation|utilization|usage|load|occupancy|cpu|memory|disk+util|oper+util", _GAUGE, "%", _UP),
    _Family("latency|delay|rtt|jitter|response+time|travel+time|traveltime", _GAUGE, "", _UP),
    _Family("rtwp", _GAUGE, "dBm", _UP),
    _Family("interference|noise", _GAUGE, "", _UP),
    _Family("rssi|rsrp|rscp|rxlev", _GAUGE, "dBm", _BOTH),
    _Family("rsrq|snr|sinr|ecno", _GAUGE, "dB", _BOTH),
    _Family("temperature|power", _GAUGE, "", _BOTH),
    _Family("cqi|mcs|speed|mos", _GAUGE, "", _DOWN),
    _Family("mbps", _GAUGE, "Mbit/s", _DOWN),
    _Family("kbps", _GAUGE, "kbit/s", _DOWN),
    _Family("throughput|thr|tput|tp|bitrate|thp", _GAUGE, "", _DOWN),
    _Family("ratio|percent|pct|share", _RATIO, "%", _BOTH),
    _Family("rate", _GAUGE, "", _BOTH),
    _Family("drops|drop|failures|fail|fails|failed|errors|error|rejects|discard|discarded|lost|loss", _COUNT, "", _UP),
    _Family("reject|rejected|rejections|abnorm|abnormal|blocked|congestion|cong|retrans|nack", _COUNT, "", _UP),
    _Family("mean|avg|average|max|min|maximum|minimum|median", _GAUGE, "", _BOTH),
    _Family("availability|available", _GAUGE, "", _DOWN),
    _Family("erlang|erl", _COUNT, "Erl", _BOTH),
    _Family("kb|kbyte|kbytes|kib", _COUNT, "kB", _BOTH),
    _Family("mb|mbyte|mbytes|mib", _COUNT, "MB", _BOTH),
    _Family("gb|gbyte|gbytes|gib", _COUNT, "GB", _BOTH),
    _Family("tb|tbyte|tbytes|tib", _COUNT, "TB", _BOTH),
    _Family("kbit|kbits", _COUNT, "kbit", _BOTH),
    _Family("mbit|mbits", _COUNT, "Mbit", _BOTH),
    _Family("gbit|gbits", _COUNT, "Gbit", _BOTH),
    _Family("bytes|octets", _COUNT, "B", _BOTH),
    _Family("traffic|volume|vol", _COUNT, "", _BOTH),
    _Family("trafico|trafego|trafic|traffico|verkehr|trafik|volumen|volumem|ruch", _COUNT, "", _BOTH),
    _Family("llamadas|chamadas|appels|anrufe|chiamate|usuarios|utilisateurs|nutzer|utenti|intentos", _COUNT, "", _BOTH),
    _Family("att|attempts|attempt|req|requests|request|succ|calls|call|sms|sessions|packets|pps", _COUNT, "", _BOTH),
    _Family("users|user|ue|ues|count|number|num|nbr|rnti|connections|conn|handovers|ho|paging", _COUNT, "", _BOTH),
)  # fmt: skip

# Written without blanks or with endings: a part of the name decides. Order matters here, too.
_FRAGMENTS: tuple[_Family, ...] = (
    _Family("掉话率|掉线率|掉話率|掉線率|失败率|失敗率|丢包率|丟包率|误码率", _RATIO, "%", _UP),
    _Family("误块率|拥塞率|阻塞率|中断率|切断率|呼損率|실패율|절단율|доля обрыв|доля потер", _RATIO, "%", _UP),
    _Family("成功率|接通率|可用率|完了率|接続率|可用性|稼働率|성공률|접속률|успешн|доступност", _RATIO, "%", _DOWN),
    _Family("利用率|占用率|使用率|负荷|负载|負荷|이용률|사용률|загрузк|утилизац", _GAUGE, "%", _UP),
    _Family("时延|時延|延迟|延遲|遅延|抖动|지연|задержк", _GAUGE, "", _UP),
    _Family("干扰|干擾|干渉|功率|信号强度|간섭|интерференц|мощност", _GAUGE, "", _BOTH),
    _Family("吞吐|速率|スループット|通信速度|처리량|속도|скорост", _GAUGE, "", _DOWN),
    _Family("占比|比例|百分比|率|доля|процент", _RATIO, "%", _BOTH),
    _Family("平均|最大|最小|평균|최대|최소|средн|максимальн|минимальн", _GAUGE, "", _BOTH),
    _Family("失败|失敗|掉话|掉話|拒绝|丢弃|丢包|错误|エラー|실패|오류|отказ|обрыв|ошиб|потер", _COUNT, "", _UP),
    _Family("话务量|話務量|呼量|эрл", _COUNT, "Erl", _BOTH),
    _Family("流量|业务量|業務量|数据量|通信量|トラフィック|트래픽|통화량|трафик|объем|объём", _COUNT, "", _BOTH),
    _Family("次数|次數|个数|数量|數量|请求|請求|呼叫|通话|通話|短信|用户数|用戶數|人数", _COUNT, "", _BOTH),
    _Family("接続数|回数|件数|呼数|加入者数|건수|횟수|호수|가입자수|사용자수|통화", _COUNT, "", _BOTH),
    _Family("вызов|попыт|абонент|пользовател|количеств|число|звонк", _COUNT, "", _BOTH),
)  # fmt: skip

_PERCENT = re.compile(r"[%\uff05\u066a]")
_BYTES = re.compile(r"(?<![a-z])([kmg])b(?:yte)?s?(?![a-z/])")
_DECIBEL = re.compile(r"(?:^|[^A-Za-z])(dB[mW]?)[^A-Za-z]*$", re.IGNORECASE)
_LEVELS = {"db": "dB", "dbm": "dBm", "dbw": "dBW"}
_MOST_PERCENT = 101.0
_POWERS = frozenset({"power", "noise", "interference", "signal", "level"})
_MANY = 0.01
"""Where more than this share of the values is larger than that, they are no percentages, whatever the name says: ratios
of counters that are read at different moments may be over 100 now and then.
"""

_PREFIXES = {"k": "k", "m": "M", "g": "G"}


def known(name: str) -> Kpi | None:
    """The KPI of a well-known name, with the given name as its id; None for an unknown one."""
    exact = _EXACT.get(re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_"))
    if exact is not None:
        return Kpi(name, exact.unit, exact.kind, exact.bad)
    if not name.isascii() and (found := _by_fragment(name)) is not None:
        return found
    have = words(name)
    level = _DECIBEL.search(name)
    for family in _FAMILIES:
        if any(set(alternative.split("+")) <= have for alternative in family.words.split("|")):
            told = _LEVELS[level[1].lower()] if level and family.kind is _GAUGE else family.unit
            return Kpi(name, told, family.kind, family.bad)
    if level:
        return Kpi(name, _LEVELS[level[1].lower()], _GAUGE, _BOTH)
    return Kpi(name, "%", _RATIO, _BOTH) if _PERCENT.search(name) else None


def _by_fragment(name: str) -> Kpi | None:
    """The KPI of a name that holds a known fragment; the unit is that of the name, if it says one."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    for family in _FRAGMENTS:
        if any(fragment in folded for fragment in family.words.split("|")):
            size = _BYTES.search(folded)
            unit = f"{_PREFIXES[size[1]]}B" if size and family.kind is _COUNT else family.unit
            return Kpi(name, unit, family.kind, family.bad)
    return None


def describe(name: str, values: FloatArray) -> Kpi:
    """The KPI of a name; an unknown one is judged by its `values` (any shape, NaN = missing, not empty of numbers)."""
    import numpy as np

    from engine.execution.scratch import release

    def is_whole(part: FloatArray) -> bool:
        there = part[np.isfinite(part)]
        return bool((there >= 0).all()) and bool((there == np.floor(there)).all())

    found = known(name)
    parts = np.array_split(values.reshape(-1), max(1, values.size >> 21))
    if found is None:
        some = any(bool(np.isfinite(part).any()) for part in parts)
        found = Kpi(name, "", _COUNT if some and all(map(is_whole, parts)) else _GAUGE, _BOTH)
    elif found.kind is _COUNT and any(bool((part < 0).any()) for part in parts):
        found = Kpi(name, found.unit, _GAUGE, found.bad)
    elif found.kind is _GAUGE and found.unit != "%" and not _DECIBEL.search(name):
        found = _of_level(found, parts)
    elif found.unit == "%" and not _PERCENT.search(name):
        with np.errstate(invalid="ignore"):
            there = sum(int(np.isfinite(part).sum()) for part in parts)
            over = sum(int((part > _MOST_PERCENT).sum()) for part in parts)
            positive = sum(int((part > 0.0).sum()) for part in parts)
            shares = found.bad is _DOWN and not any(bool((part > 1.0).any()) for part in parts)
        if over > _MANY * there or (positive and shares):  # a number of blocks; a share of one
            found = Kpi(name, "", found.kind, found.bad)
    release([values])
    return found


def in_unit(kpi: Kpi, symbol: str) -> Kpi:
    """The same KPI where its numbers carry a unit, which says more than its name does. symbol: one of `SPELT`."""
    unit = SPELT[symbol]
    if kpi.kind is KpiKind.COUNT and not adds_up(unit):
        return replace(kpi, unit=symbol, kind=KpiKind.RATIO if unit.quantity == SHARE else KpiKind.GAUGE)
    return replace(kpi, unit=symbol)


def _of_level(found: Kpi, parts: Sequence[FloatArray]) -> Kpi:
    """A gauge that does not say dB in its name: powers are below zero on a logarithmic scale alone.

    What is called a received power and never is below zero may be an index, a share or milliwatts.
    """
    below = any(bool((part < 0).any()) for part in parts)
    if is_level(found.unit):
        return found if below else replace(found, unit="")
    power = words(found.id) & _POWERS and below and not any(bool((part > 0).any()) for part in parts)
    return replace(found, unit="dBm") if power else found


def is_exact(name: str) -> bool:
    """Whether the dictionary knows this very name."""
    return name.strip().lower() in _EXACT
