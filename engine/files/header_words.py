"""What the columns of a table are called, in the languages of those who export them.

Names are compared as `plain` writes them: small letters without accents, words joined by "_", the letters that Arabic
and Persian keyboards write differently as one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_PERSIAN = str.maketrans("\u064a\u0643\u0649", "\u06cc\u06a9\u06cc")


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A column name as it is compared."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip().strip('"#'))
    folded = unicodedata.normalize("NFKC", split).casefold().translate(_PERSIAN)
    return re.sub(r"[\W_]+", "_", without_accents(folded)).strip("_")


def without_accents(text: str) -> str:
    """Latin letters without their accents; all others as they are."""
    if text.isascii():
        return text
    bases = ((letter, unicodedata.normalize("NFD", letter)[0]) for letter in text)
    return "".join(base if base.isascii() else letter for letter, base in bases)


def joined(name: str) -> str:
    """A plain name however it is split into words."""
    return name.replace("_", "")


def _listed(names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(plain, names.split())))


@lru_cache(maxsize=64)
def _joined_forms(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(joined, names))


def is_one_of(name: str, names: tuple[str, ...]) -> bool:
    """Whether a plain name is one of the names, however it is split into words."""
    return joined(name) in _joined_forms(names)


TIME_NAMES = _listed(
    "timestamp time_ms time_s time_us time_ns epoch unixtime time_utc utc_time datetime date_time date_and_time time"
    " start_time starttime start begin begin_time begintime period_start period_start_time collecttime collection_time"
    " result_time resulttime local_time localtime datetime_id time_id dt ts sdate thour"
    " 开始时间 起始时间 周期开始时间 统计时间 采集时间 日期时间 时间戳 时间 開始時間 起始時間 統計時間 時間戳 時間"
    " 開始日時 開始時刻 日時 時刻 시작시간 시작일시 일시 시간"
    " начало начало_периода время_начала дата_время дата_и_время время"
    " fecha_hora fecha_y_hora data_hora data_e_hora data_ora date_heure date_et_heure horodatage zeitstempel beginn"
    " tarih_saat zaman thoi_gian waktu χρονος เวลา समय"
    " الوقت وقت_البدء زمان زمان_شروع"
    " date_id day_id date day datum zeit fecha hora data ora heure tarih godzina czas uhrzeit"
    " 日期 日付 날짜 дата ngay tanggal ημερομηνια วันที่ दिनांक"
    " التاريخ تاریخ"
)
END_NAMES = _listed(
    "end_time endtime end stop stop_time period_end period_end_time"
    " 结束时间 周期结束时间 結束時間 終了時刻 終了日時 종료시간 종료일시 конец время_окончания конец_периода"
    " fin hora_fin fecha_fin fim data_fim fine ende bitis koniec"
    " وقت_الانتهاء زمان_پایان"
)
CELL_WORDS = _listed(
    "cell cell_id cellid cell_name cellname ci cgi ecgi ncgi eci nci lncel_id lncel_name lncel nrcel_id"
    " nrcel_name nrcel"
    " wcel_id wcel_name wcel eutrancell_id eutrancell_name eutrancell eutran_cell_fdd_id eutran_cell_fdd_name"
    " eutran_cell_fdd eutran_cell_tdd_id eutran_cell_tdd_name eutran_cell_tdd nrcell_id nrcell_name nrcell nrcell_cu_id"
    " nrcell_cu nrcell_du_id nrcell_du utrancell_id utrancell_name utrancell ucell_id ucell_name ucell gcell_id"
    " gcell_name"
    " gcell geran_cell_id geran_cell 本地小区标识 本地小区id local_cell_id local_cell_name cell_number cell_num"
    " cell_no cell_index cell_label"
    " 小区标识 小区id 小区编号 小区号 小区名称 小区名 小区 小區標識 小區編號 小區名稱 小區"
    " セルid セル名 セル 셀id 셀이름 셀명 셀 id_соты имя_соты название_соты сота"
    " celda id_celda nombre_celda celula id_celula nome_celula cellule id_cellule nom_cellule zelle zellenname"
    " cella nome_cella hucre hucre_adi komorka nazwa_komorki sel κυψελη"
    " الخلية خلية اسم_الخلية سلول نام_سلول"
)
"""What cells are called in tables of cells as well; below, what else a row may be of."""

SITE_NAMES = _listed(
    "site site_id site_name enodeb_id enodeb_name enodeb enb_id enb_name enb gnodeb_id gnodeb_name gnodeb"
    " gnb_id gnb_name"
    " gnb nodeb_id nodeb_name nodeb erbs_id erbs_name erbs mrbts_id mrbts_name mrbts lnbts_id lnbts_name"
    " lnbts me_context"
    " bts bts_id bts_name bs bs_id base_station station station_id station_name node node_id node_name ne ne_id ne_name"
    " managed_element managed_element_id managed_element_name"
    " 基站标识 基站名称 基站 站点名称 站点 网元名称 网元 基地台 站點名稱 站點 網元名稱 網元 基地局名 基地局 局名"
    " 기지국명 기지국 базовая_станция название_бс имя_бс бс сайт"
    " sitio estacion estacion_base nombre_sitio sitio_id estacao erb nome_site nom_site standort standortname sito saha"
    " istasyon stacja tram"
    " الموقع اسم_الموقع المحطة سایت نام_سایت ایستگاه"
)
PATH_NAMES = _listed("dn fdn ldn dist_name distinguished_name mo_dn object_dn measobjldn moid managed_object mo_path")
"""What the whole path of a managed object is called, which tells it from all others."""

CELL_NAMES = (
    CELL_WORDS
    + _listed("sector sector_id сектор setor secteur sektor square_id square grid_id grid")
    + SITE_NAMES
    + _listed(
        "object object_id object_name mo mo_id entity entity_id device device_id element"
        " area area_id lac tac region host instance id"
    )
    + PATH_NAMES
)
LOCAL_NAMES = _listed("local_cell_id cell_number cell_num cell_no cell_index 本地小区标识 本地小区id 小区号")
"""Numbers of cells that begin anew in every base station."""

CELL_TITLES = _listed(
    "name label cellname cell_name lncel_name wcel_name nrcel_name eutrancell_name nrcell_name utrancell_name"
    " ucell_name gcell_name 小区名称 小区名 小區名稱 セル名 셀이름 셀명 имя_соты название_соты"
    " nombre_celda nome_celula nom_cellule zellenname nome_cella hucre_adi nazwa_komorki"
    " اسم_الخلية نام_سلول"
)
"""What a cell is called by people, where another column has its id."""

AREA_NAMES = _listed("tac lac area area_id location_area tracking_area lac_tac 跟踪区 位置区 跟蹤區 位置區")
KPI_NAMES = _listed(
    "kpi kpi_id kpi_name metric metric_name counter counter_name measurement meas_type variable"
    " 指标 指标名称 计数器 計數器 指標 指標名稱 指標名 カウンタ カウンタ名 지표 지표명 показатель счетчик"
    " indicador nombre_indicador nome_indicador indicateur compteur messgrosse zahler gosterge wskaznik"
    " مؤشر شاخص"
)
LABEL_NAMES = _listed(
    "label labels anomaly is_anomaly anomalous is_anomalous unusual outlier is_outlier ground_truth"
    " 异常 異常 是否异常 异常标签 аномалия anomalia anomalie 이상"
)
HOUR_NAMES = _listed(
    "hour hour_id hr hh hour_of_day start_hour time stunde uhrzeit heure hora ora godzina czas saat gio jam"
    " 小时 时 小時 時 時刻 時間 시간 시 час время"
    " ساعة ساعت"
)
GRANULARITY_NAMES = _listed(
    "period period_min period_mins period_s granularity granularity_min granularity_s granularity_period gran_period"
    " gp reporting_period reporting_interval collection_period"
    " period_minutes 粒度 粒度_分钟 时间粒度 统计粒度 周期 周期_分钟 统计周期 统计周期_分钟 統計周期 時間粒度"
    " гранулярность"
)
"""Columns that tell how long a period is, the same in every row: no KPI."""

SUBSCRIBER_NAMES = _listed(
    "msisdn imsi imei imeisv subscriber subscriber_id a_number b_number calling_number called_number caller callee"
    " phone phone_number msisdn_a msisdn_b msisdn_counterpart src dst source_number destination_number"
    " 主叫号码 被叫号码 主叫 被叫 手机号码 手机号 用户号码 电话号码 主叫號碼 被叫號碼 手機號碼 門號 電話號碼"
    " 発信番号 着信番号 電話番号 加入者番号 발신번호 착신번호 전화번호 가입자번호"
    " номер_абонента номер_телефона номер_а номер_б абонент телефон"
    " telefono numero_origen numero_destino numero_a numero_b assinante telefone telephone abonne appelant appele"
    " rufnummer teilnehmer telefonnummer telefon abone_no numer_telefonu abonent"
    " رقم_الهاتف المشترک رقم_المتصل شماره_تلفن شماره_مشترک مشترک شماره_مبدا شماره_مقصد"
)
"""Numbers of people: replaced by a keyed hash when they are the entity, never read otherwise."""

LATITUDE_NAMES = _listed(
    "lat latitude 纬度 緯度 위도 широта latitud latitudine breitengrad enlem خط_العرض عرض_جغرافیایی"
)
LONGITUDE_NAMES = _listed(
    "lon lng long longitude 经度 經度 経度 경도 долгота longitud longitudine langengrad boylam خط_الطول طول_جغرافیایی"
)
AZIMUTH_NAMES = _listed("azimuth azimut bearing direction antenna_azimuth 方位角 방위각 азимут azimute")

TRAIT_NAMES = {
    "sector": _listed(
        "sector sector_name sector_id sector_no sector_number sector_num sectorid"
        " 扇区 扇区号 扇区标识 扇區 セクタ セクター 섹터 сектор setor secteur sektor settore sektör سکتور القطاع"
    ),
    "technology": _listed(
        "technology tech techno rat rat_type radio_access_technology access_technology radio_technology radio"
        " network_type net_type cell_type_rat generation system_type cell_technology"
        " 制式 网络制式 网络类型 網路制式 無線方式 システム種別 기술 망구분 технология стандарт"
        " tecnologia technologie technik teknoloji technologia công_nghệ teknologi τεχνολογια"
        " تکنولوژی فناوری نوع_شبکه التقنية تقنية"
    ),
    "band": _listed(
        "band frequency_band freq_band band_name band_id band_number band_no band_indicator freq_band_indicator"
        " frequency_band_indicator operating_band carrier_band lte_band nr_band band_mhz layer frequency_layer"
        " carrier_layer 频段 频带 工作频段 频段指示 頻段 バンド 周波数帯 밴드 주파수대역 диапазон"
        " banda banda_frecuencia bande bande_frequence frequenzband bant pasmo băng_tần باند باند_فرکانسی النطاق"
    ),
    "frequency": _listed(
        "frequency frequency_mhz freq freq_mhz carrier_frequency carrier_frequency_mhz center_frequency"
        " centre_frequency dl_frequency dl_frequency_mhz downlink_frequency earfcn dl_earfcn earfcn_dl downlink_earfcn"
        " uarfcn dl_uarfcn uarfcn_dl nrarfcn nr_arfcn dl_nrarfcn dl_nr_arfcn ssb_arfcn arfcn bcch bcch_arfcn"
        " carrier carrier_id 频点 中心频点 下行频点 中心频率 頻點 周波数 중심주파수 주파수 частота"
        " frecuencia frequencia frequence frequenz frequenza frekans czestotliwosc فرکانس التردد"
    ),
    "region": _listed(
        "region region_name region_id market market_name market_id sales_region province province_name governorate"
        " county district department prefecture city city_name town municipality"
        " 大区 区域 省份 省 地市 地市名称 城市 区县 地区 省份 地域 支店 都道府県 지역 시도 регион область филиал город"
        " région provincia departamento estado ciudad cidade município bundesland regione bolge bölge il wojewodztwo"
        " vùng tỉnh περιοχη استان ناحیه منطقه شهر المنطقة المحافظة المدينة"
    ),
    "cluster": _listed(
        "cluster cluster_name cluster_id cell_cluster site_cluster radio_cluster 簇 簇名 片区 クラスタ 클러스터 кластер"
        " agrupacion grappe کلاستر خوشه العنقود"
    ),
    "vendor": _listed(
        "vendor vendor_name vendor_id manufacturer supplier equipment_vendor ran_vendor radio_vendor oem"
        " 厂家 厂商 设备厂家 设备厂商 供应商 廠商 廠家 ベンダ ベンダー 벤더 제조사 вендор производитель поставщик"
        " fabricante proveedor fornecedor fournisseur constructeur hersteller fornitore üretici tedarikçi dostawca"
        " producent nhà_cung_cấp سازنده تامین_کننده المورد الشركة_المصنعة"
    ),
}
"""What a cell is like -> what the column is called, the most telling names first."""

_ALL = (
    TIME_NAMES, END_NAMES, CELL_NAMES, SITE_NAMES, AREA_NAMES, KPI_NAMES, LABEL_NAMES, HOUR_NAMES, GRANULARITY_NAMES,
    SUBSCRIBER_NAMES, LATITUDE_NAMES, LONGITUDE_NAMES, AZIMUTH_NAMES, *TRAIT_NAMES.values(),
)  # fmt: skip


def is_of_people(name: str) -> bool:
    """Whether a column of this name, as it is written in a header, holds numbers of people."""
    return is_one_of(plain(name), SUBSCRIBER_NAMES)


def is_known(name: str) -> bool:
    """Whether a column of this name, as it is written in a header, tells what it is."""
    return any(is_one_of(plain(name), names) for names in _ALL)
