"""Which columns of a table hold the parts of a call detail record; found from the names in its header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import InputError, Reason
from engine.files.header_words import is_one_of, joined, plain
from engine.io import stamps
from engine.io.base import LoadOptions
from engine.io.dialect import Sample
from engine.io.stamps import Stamps


def _listed(names: str) -> tuple[str, ...]:
    return tuple(map(plain, names.split()))


NAMES: dict[str, tuple[str, ...]] = {
    "start": _listed(
        "start start_time call_start call_start_time start_date_time start_datetime datetime date_time timestamp"
        " call_time event_time setup_time seizure_time answer_time begin begin_time time"
        " 通话开始时间 呼叫开始时间 通话时间 呼叫时间 起始时间 开始时间"
        " 時間 通話開始時間 通話開始日時 発信日時 통화시작시간 시작시간"
        " inicio_llamada fecha_hora_llamada fecha_hora inicio_chamada debut_appel heure_appel anrufbeginn"
        " начало_вызова время_вызова время_начала дата_время"
        " زمان_تماس زمان_شروع وقت_المكالمة"
    ),
    "date": _listed("date call_date start_date event_date 日期 通话日期 日付 날짜 fecha data дата تاریخ التاريخ"),
    "duration": _listed(
        "duration duration_s duration_sec duration_secs duration_seconds duration_min duration_mins duration_minutes"
        " call_duration call_duration_s call_duration_sec call_duration_seconds call_duration_min call_length"
        " talk_time talk_seconds billsec billed_seconds charged_duration"
        " 通话时长 通话时长_秒 通话时长_分钟 时长 时长_秒 呼叫时长 通話時間 通話時間_秒 通話秒数 통화시간 통화시간_초"
        " duracion duracion_s duracion_seg duracion_min duracao duracao_s duracao_seg duracao_min"
        " duree duree_s duree_min"
        " dauer dauer_s dauer_min длительность длительность_с длительность_сек длительность_мин продолжительность"
        " مدت مدت_تماس مدت_ثانیه مدت_دقیقه مدة_المكالمة"
    ),
    "caller": _listed(
        "caller caller_id caller_number calling calling_number calling_party calling_msisdn a_number anumber number_a"
        " a_party a_msisdn msisdn_a msisdn from from_number src source source_number originating_number subscriber"
        " subscriber_id 主叫号码 主叫 主叫用户 主叫號碼 発信番号 발신번호"
        " numero_origen numero_a origen numero_origem origem"
        " appelant numero_appelant anrufer номер_а абонент_а вызывающий"
        " شماره_مبدا مبدا رقم_المتصل"
    ),
    "callee": _listed(
        "callee callee_id callee_number called called_number called_party called_msisdn b_number bnumber number_b"
        " b_party b_msisdn msisdn_b msisdn_counterpart counterpart to to_number dst destination destination_number"
        " terminating_number 被叫号码 被叫 被叫用户 被叫號碼 着信番号 착신번호 numero_destino numero_b destino"
        " appele numero_appele angerufener номер_б абонент_б вызываемый"
        " شماره_مقصد مقصد"
    ),
    "cell": _listed(
        "cell cell_id cellid cell_name ci cgi ecgi eci ncgi location_id location sector sector_id site site_id"
        " site_name bts bts_id antenna antenna_id first_cell start_cell cell_a caller_cell a_cell calling_cell"
        " serving_cell 小区 小区id 小区标识 小区名称 主叫小区 基站 基站名称 小區 セル 基地局 셀 기지국"
        " celda id_celda celula id_celula cellule id_cellule zelle сота id_соты базовая_станция бс"
        " سلول الخلية"
    ),
    "callee_cell": _listed("cell_b callee_cell b_cell called_cell"),
    "lac": _listed("lac location_area location_area_code lac_id"),
    "type": _listed("type call_type record_type event_type service service_type cdr_type usage_type"),
    "direction": _listed("direction call_direction outgoing is_outgoing in_out mo_mt"),
    "cause": _listed(
        "cause cause_for_term cause_for_termination termination termination_cause termination_reason release_cause"
        " disposition call_status status result"
    ),
}
"""Role -> names of columns that play it, in small letters with "_" between words."""

OWNERS = _listed("msisdn subscriber subscriber_id")
"""Names of a caller column that in truth holds whose row it is, in either direction."""

SECONDS, MINUTES = "seconds", "minutes"
_IN_MINUTES = {"min", "mins", "minutes", "minutos", "minuten", "分钟", "分鐘", "分", "분", "мин", "минут", "دقیقه"}


@dataclass(frozen=True)
class CallColumns:
    """Column number of each role; cells: of `cell` or `lac` there is at least one. unit: of the duration.

    owner: `caller` holds the subscriber whose row it is, not the side that called.
    """

    places: Mapping[str, int]
    stamps: Stamps
    unit: str
    owner: bool
    mapping: Mapping[str, str]

    def has(self, role: str) -> bool:
        """Whether a column plays this role."""
        return role in self.places


def find(sample: Sample, file: str, options: LoadOptions) -> CallColumns | None:
    """The columns of a table of calls; None where it is none: it needs start, duration, a number and a cell or LAC.

    Columns that the user named for a role take it. Raises InputError: such a column is missing, or the time cannot be
    read.
    """
    places = roles(sample, file, options)
    if places is None:
        return None
    names = sample.dialect.names
    written = _stamps(sample, file, options, places)
    if written is None:
        return None
    unit = options.mapping.get("duration_unit") or _unit(names, places)
    if unit not in (SECONDS, MINUTES):
        raise InputError(Reason("no_such_unit", {"unit": unit}))
    mapping = {role: names[k] for role, k in places.items()}
    mapping |= {"duration_unit": unit, "time": names[places["start"]], "written": written.label}
    owner = "caller" in places and is_one_of(plain(names[places["caller"]]), OWNERS)
    return CallColumns(places, written, unit, owner, mapping)


def roles(sample: Sample, file: str, options: LoadOptions) -> dict[str, int] | None:
    """The column of each role by the names alone, None where they are not those of a table of calls.

    Raises InputError: a column that the user named is missing.
    """
    if not sample.dialect.header or options.mapping.get("layout"):
        return None
    names = sample.dialect.names
    by_name: dict[str, list[int]] = {}
    for k, name in enumerate(names):
        by_name.setdefault(joined(plain(name)), []).append(k)
    places: dict[str, int] = {}
    for role, known in NAMES.items():
        asked = options.mapping.get("time" if role == "start" and "start" not in options.mapping else role)
        if asked:
            if asked not in names:
                told = {"file": file, "column": asked, "role": role, "columns": ", ".join(names)[:300]}
                raise InputError(Reason("no_such_column", told))
            places[role] = names.index(asked)
            continue
        # The names stand in order of how telling they are.
        ranked = [k for name in known for k in by_name.get(joined(name), ())]
        free = [k for k in ranked if k not in places.values()]
        if free:
            places[role] = free[0]
    numbers = {"caller", "callee"} & places.keys()
    if not {"start", "duration"} <= places.keys() or not numbers or not {"cell", "lac"} & places.keys():
        return None
    return places


def _stamps(sample: Sample, file: str, options: LoadOptions, places: dict[str, int]) -> Stamps | None:
    """How the start is written; a calendar date in a column of its own stands in front of a time of day."""
    clock = sample.column(places["start"])[:500]
    column = sample.dialect.names[places["start"]]
    if "date" in places and stamps.is_clock_only(clock[:50]):
        dates = sample.column(places["date"])[:500]
        return stamps.find([f"{d} {c}" for d, c in zip(dates, clock, strict=False)], column, file, options.day_first)
    places.pop("date", None)
    return stamps.find(clock, column, file, options.day_first)


def _unit(names: tuple[str, ...], places: Mapping[str, int]) -> str:
    """Seconds, unless the column's name says minutes or the columns are those of FlowKit, which keeps minutes."""
    words = plain(names[places["duration"]]).split("_")
    flowkit = "callee" in places and plain(names[places["callee"]]) == "msisdn_counterpart"
    named_seconds = {"s", "sec", "secs", "seconds"} & set(words)
    return MINUTES if _IN_MINUTES & set(words) or (flowkit and not named_seconds) else SECONDS
