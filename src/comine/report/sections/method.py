"""10 How it was computed, by which version, from which input, with what limits."""

import hashlib

from comine.report.blocks import Block, Points, Section, Table, text
from comine.report.display import figure
from comine.report.view import View
from comine.report.words import Words

LIMITS = (
    Words(
        "Results compare strategies on the same basis; they are no design and no reserve "
        "statement.",
        "结果用于同一基础上的方案比较，不是设计，也不是储量声明。",
    ),
    Words(
        "The central value of an uncertain number is not its likely outcome; ranges "
        "stand in the tables "
        "of money and sources.",
        "不确定数的中值不等于其可能结果；范围见经济与来源两节的表格。",
    ),
    Words(
        "Rock is as homogeneous as the project describes it; faults, water and stress "
        "that nobody has "
        "measured are not in the numbers.",
        "岩体按项目描述视为均质；未经测量的断层、水与应力不在结果之中。",
    ),
    Words(
        "Rock burst criteria are empirical and disagree; a site needs its own monitoring.",
        "岩爆判据为经验判据，彼此不一；现场须自行监测。",
    ),
)

STEPS = (
    Words(
        "Site: rock temperature, heat in place, ore and the score of the 20 site indicators.",
        "场址：岩温、热储量、矿石及 20 项场址指标得分。",
    ),
    Words(
        "Openings: the network of shafts, drifts, stopes, boreholes and wells, and the "
        "mining schedule.",
        "井巷：竖井、巷道、采场、钻孔与地面井组成的网络，以及采矿进度。",
    ),
    Words(
        "Underground: air, refrigeration, water and rock month by month, booked in an "
        "energy ledger.",
        "井下：逐月计算风流、制冷、水与岩体，并记入能量账。",
    ),
    Words(
        "Ground: in-situ and wall stress with temperature, and rock burst criteria.",
        "地压：原岩应力、含温度影响的巷壁应力及岩爆判据。",
    ),
    Words(
        "Use: sinks in a cascade, each fed only if the water is hot enough.",
        "利用：用户按梯级取热，水温足够方可供给。",
    ),
    Words(
        "Money: cash by item after tax, values, break-even prices, and each assumption's effect.",
        "经济：税后分项现金流、价值、盈亏平衡价及各假设的影响。",
    ),
)

ASSETS = (
    Words(
        "Charts: plotly.js 4.1.1, © Plotly Technologies Inc., MIT licence.",
        "图表：plotly.js 4.1.1，© Plotly Technologies Inc.，MIT 许可。",
    ),
    Words(
        "Letters: subset of Noto Sans CJK SC 2.004, © Adobe, SIL Open Font License 1.1; Noto is a "
        "trademark of Google Inc.",
        "字体：Noto Sans CJK SC 2.004 子集，© Adobe，SIL Open Font License 1.1；Noto 为 "
        "Google Inc. 商标。",
    ),
    Words(
        "Site indicators: Li Shengtao et al. (2018), Geological Survey of China 5(2), "
        "64-72; weights and "
        "limits that the paper does not print are comine defaults.",
        "场址指标：李胜涛等（2018），中国地质调查 5(2)，64-72；文中未给出的权重与界限为 "
        "comine 默认值。",
    ),
)


def section(view: View) -> Section:
    """Build the section."""
    facts = [
        (Words("project", "项目"), str(getattr(view.project, "name", ""))),
        (Words("comine version", "comine 版本"), str(view.study.version)),
        (Words("input (SHA-256)", "输入（SHA-256）"), input_hash(view.project)),
        (Words("seconds of computing", "计算用时（秒）"), figure(float(view.study.seconds), 3)),
    ]
    seed = getattr(view.study, "seed", None)
    if seed is not None:
        facts.append((Words("seed", "随机种子"), str(seed)))
    rates = getattr(getattr(view.project, "money", None), "rates", None)
    if rates:
        told = ", ".join(
            f"1 {code} = {figure(float(rate))} {view.currency}" for code, rate in rates.items()
        )
        facts.append((Words("exchange rates", "汇率"), told))
    rows = tuple((text(name), text(value, "words")) for name, value in facts)
    head = (Words("fact", "项"), Words("value", "值"))
    blocks: list[Block] = [
        Points(STEPS, Words("What is computed", "计算内容")),
        Points(LIMITS, Words("Limits", "局限")),
        Table(Words("Provenance", "出处"), head, rows),
        Points(ASSETS, Words("Work of others in this report", "本报告所用他人成果")),
    ]
    lead = Words(
        "The same input and version give the same results; nothing on this page is "
        "loaded from elsewhere.",
        "相同输入与版本得到相同结果；本页不从别处加载任何内容。",
    )
    if seed is None:
        lead += Words(
            " A plain run draws no random numbers, so it has no seed.",
            "普通计算不抽取随机数，故无随机种子。",
        )
    return Section("method", Words("Method, limits, provenance", "方法、局限与出处"), lead, blocks)


def input_hash(project: object) -> str:
    """SHA-256 of the project as it was run."""
    dump = getattr(project, "model_dump_json", None)
    told = dump() if callable(dump) else repr(project)
    return hashlib.sha256(str(told).encode()).hexdigest()
