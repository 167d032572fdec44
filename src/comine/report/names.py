"""What the words inside the datasets are called for a reader, in both languages."""

from comine.fields import merged
from comine.report.words import Words, same
from comine.stages.promises import (
    ASSESS,
    BUILD,
    DECIDE,
    GROUND,
    LEDGER,
    OPERATE_HEAT,
    OPERATE_MINE,
    OPERATE_ROCK,
    USE,
)

GLOSSARY = merged(
    ASSESS, BUILD, OPERATE_MINE, OPERATE_HEAT, OPERATE_ROCK, LEDGER, GROUND, USE, DECIDE
)
"""Every promised variable by its name."""

STAGES = {
    "assess": Words("Site and rock", "场址与岩体"),
    "build": Words("Openings", "井巷"),
    "operate": Words("Underground", "井下"),
    "ground": Words("Ground", "地压"),
    "use": Words("Use of heat", "热利用"),
    "decide": Words("Money", "经济"),
}

STRATEGIES = {
    "passive": Words("Passive", "被动降温"),
    "heat": Words("Heat alone", "仅采热"),
    "comine": Words("Comine", "矿热共采"),
    "active": Words("Active", "主动降温"),
    "mine": Words("Mine alone", "仅采矿"),
}

_LABELS = {
    # openings
    "shaft": "竖井",
    "drift": "巷道",
    "stope": "采场",
    "borehole": "钻孔",
    "well": "地面井",
    "fracture": "裂隙",
    "air": "风流",
    "water": "水",
    "mine": "采矿系统",
    # indicators
    "typed": "填报",
    "computed": "计算",
    "unknown": "未知",
    "good": "好",
    "medium": "中",
    "poor": "差",
    # where numbers come from
    "measured": "实测",
    "published": "文献",
    "assumption": "假设",
    "comine default": "comine 默认值",
    "between": "均匀分布",
    "triangular": "三角分布",
    "normal": "正态分布",
    "lognormal": "对数正态分布",
    # use and money
    "heat": "热",
    "cold": "冷",
    "power": "电",
    "ore": "矿石",
    "shared": "共用",
    "tax": "税",
    "taxes": "税费",
    "capital": "投资",
    "operation": "运营",
    "revenue": "收入",
    "refrigeration": "制冷",
    "ventilation": "通风",
    "fan": "风机",
    "pumps": "泵",
    "drilling": "钻井",
    "wells": "地面井",
    "boreholes": "钻孔",
    "shafts": "竖井",
    "drifts": "巷道",
    "roadway": "巷道",
    "roadways": "取热巷道",
    "mining": "采矿",
    "processing": "选矿",
    "electricity": "电费",
    "royalty": "资源税费",
    "closure": "闭坑",
    "ore sold": "矿产品销售",
    "heat sold": "供热收入",
    "cold sold": "供冷收入",
    "power sold": "售电收入",
    # energy
    "strata": "围岩散热",
    "compression": "自压缩热",
    "machines": "机电设备",
    "broken rock": "崩落矿石",
    "mine air": "矿井风流",
    "cooling": "制冷",
    "strata heat": "围岩散热",
    "auto-compression, down less up": "自压缩热（下行减上行）",
    "broken ore": "崩落矿石",
    "water, evaporated less condensed": "水（蒸发减凝结）",
    "condensate of the coolers": "空冷器凝结水",
    "carried out at the exhaust above the intake": "回风带走（相对进风）",
    "carried out at the stopes' end above the intake": "采场出风带走（相对进风）",
    "cooling load, collar to stopes' end": "降温负荷（井口至采场出风）",
    "auto-compression": "自压缩热",
    "load": "负荷",
    "heat from the rock": "取自岩体",
    "lost on the way up": "上行热损失",
    "heat at the surface": "地面热量",
    "along the greater horizontal stress": "沿最大水平应力",
    "along the lesser horizontal stress": "沿最小水平应力",
    "rock": "岩体",
    "residual": "残差",
}

CRITERIA = {
    "russenes": Words("Russenes", "Russenes 判据"),
    "hoek": Words("Hoek", "Hoek 判据"),
    "turchaninov": Words("Turchaninov", "Turchaninov 判据"),
    "barton": Words("Barton", "Barton 判据"),
    "tao": Words("Tao", "陶振宇判据"),
    "elastic_energy": Words("Elastic energy", "弹性应变能判据"),
    "energy_index": Words("Energy index", "弹性能量指数"),
    "energy_release_rate": Words("Energy release rate", "能量释放率"),
}
"""Rock burst criteria."""

BURST = (
    Words("none", "无"),
    Words("weak", "弱"),
    Words("moderate", "中"),
    Words("strong", "强"),
)
"""Names of the rock burst classes 0 to 3."""

MONTH_NAMES = [
    Words(en, f"{n}月")
    for n, en in enumerate(
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
        start=1,
    )
]


def label(text: str) -> Words:
    """A name inside a dataset, as a reader meets it.

    >>> label("broken_rock")
    Words(en='broken rock', zh='崩落矿石')
    >>> label("fan: heat from the rock").zh
    'fan：取自岩体'
    """
    if text in CRITERIA:
        return CRITERIA[text]
    plain = text if "." in text else text.replace("_", " ").strip()
    if plain in _LABELS:
        return Words(plain, _LABELS[plain])
    owner, colon, rest = plain.partition(": ")
    if colon and rest in _LABELS:
        return Words(
            plain, f"{_LABELS.get(owner, owner) if owner == 'air' else owner}：{_LABELS[rest]}"
        )
    if plain.startswith("water of "):
        name = plain.removeprefix("water of ")
        return Words(plain, f"{name} 的水")
    return same(plain)


def strategy_name(key: str) -> Words:
    """Name of a strategy: the project's own, explained in Chinese where it is a usual one."""
    return STRATEGIES.get(key, Words(key[:1].upper() + key[1:], key))
