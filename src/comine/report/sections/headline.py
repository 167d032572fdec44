"""1 The strategies side by side, and what their numbers say."""

import numpy as np

from comine.report.blocks import Block, Cell, Group, Points, Section, Table, number, text
from comine.report.display import ABSENT, greatest, scale_for
from comine.report.names import STAGES, label
from comine.report.sentences import HARDLY, change, direction, joined, listed, said, sentence, span
from comine.report.view import View, labels, meaning
from comine.report.words import Words, same, with_unit

PLACE = "assess"


def section(view: View) -> Section:
    """Build the section."""
    said_here = [
        s for s in (_rock(view), *_cooling(view), *_value(view), *_power(view), _score(view)) if s
    ]
    names = listed([view.name(s) for s in view.strategies])
    years = int(getattr(view.project, "years", 0))
    lead = sentence(
        "One way of working the place over {years} years: {names}.",
        "{years} 年内一种开发方式：{names}。",
        years=years,
        names=names,
    )
    if len(view.strategies) > 1:
        lead = _compare(len(view.strategies), years, names)
    blocks: list[Block] = [Points(tuple(said_here), kind="findings")] if said_here else []
    blocks += [table for table in (_strategies(view), _place(view), _compared(view)) if table]
    return Section("headline", Words("Headline", "主要结论"), lead, blocks)


def _compare(count: int, years: int, names: Words) -> Words:
    return sentence(
        "{count} ways of working the same place over {years} years are laid side by side: {names}.",
        "在同一场址、{years} 年内比较了 {count} 种开发方式：{names}。",
        count=count,
        years=years,
        names=names,
    )


def _rock(view: View) -> Words | None:
    at_2km = view.scalar(PLACE, "temperature_2km")
    gradient = view.scalar(PLACE, "gradient")
    if at_2km is None or gradient is None:
        return None
    first = sentence(
        "The undisturbed rock has {t} at 2 km; the mean gradient is {g}.",
        "2 km 深处原岩温度为 {t}，平均地温梯度为 {g}。",
        t=said(at_2km, view.scale("temperature_2km", at_2km)),
        g=said(gradient, view.scale("gradient", gradient)),
    )
    return joined(first, _isotherms(view))


def _isotherms(view: View) -> Words | None:
    found = [(t, view.scalar(PLACE, f"depth_{t}")) for t in (150, 200)]
    there = [
        sentence("{t} °C at {z}", "{t} ℃ 埋深 {z}", t=t, z=said(z, scale_for("m"), 4))
        for t, z in found
        if z is not None
    ]
    if not there:
        return None
    return sentence("It reaches {all}.", "{all}。", all=listed(there))


def _cooling(view: View) -> list[Words]:
    """What taking the heat changes in refrigeration: each mine with heat against each without."""
    mining = [s for s in view.strategies if view.parts(s)[0]]
    without = [s for s in mining if not view.parts(s)[1]]
    pairs = [(a, b) for b in mining if view.parts(b)[1] for a in without]
    return [s for a, b in pairs if (s := _cooling_pair(view, a, b))]


def _cooling_pair(view: View, without: str, with_heat: str) -> Words | None:
    said_of = []
    for name in ("peak_cooling", "cooling_energy"):
        a, b = (view.scalar(f"{s}/operate", name) for s in (without, with_heat))
        if a is None or b is None:
            continue
        scale = view.scale(name, greatest([a, b]))
        if direction(a, b) == HARDLY:
            said_of.append(
                sentence(
                    "the {name} {verb} ({a})",
                    "{name}{verb}（{a}）",
                    name=meaning(name),
                    verb=HARDLY,
                    a=said(a, scale),
                )
            )
            continue
        said_of.append(
            sentence(
                "the {name} {verb} from {a} to {b} ({change})",
                "{name}{verb}：由 {a} 变为 {b}（{change}）",
                name=meaning(name),
                verb=direction(a, b),
                a=said(a, scale),
                b=said(b, scale),
                change=change(a, b, scale),
            )
        )
    if not said_of:
        return None
    return sentence(
        "Taking the heat ({b} against {a}) and cooling the mine: {all}.",
        "取热对矿井降温的影响（{b}对比{a}）：{all}。",
        a=view.name(without),
        b=view.name(with_heat),
        all=listed(said_of),
    )


def _value(view: View) -> list[Words]:
    values = {s: v for s in view.strategies if (v := view.scalar(f"{s}/decide", "npv")) is not None}
    if not values:
        return []
    scale = view.scale("npv", greatest(values.values()))
    each = [
        sentence("{s} {v}", "{s} {v}", s=view.name(s), v=said(v, scale)) for s, v in values.items()
    ]
    found = [
        sentence("Net present value after tax: {all}.", "税后净现值：{all}。", all=listed(each))
    ]
    mines = [s for s in values if view.parts(s)[0]]
    alone = [s for s in mines if not view.parts(s)[1]]
    heats = [s for s in values if not view.parts(s)[0]]
    for both in (s for s in mines if view.parts(s)[1]):
        found += [_apart(view, values, both, (s,)) for s in alone]
        found += [_apart(view, values, both, (a, h)) for a in alone for h in heats]
    return found


def _apart(view: View, values: dict[str, float], both: str, others: tuple[str, ...]) -> Words:
    difference = values[both] - sum(values[s] for s in others)
    scale = view.scale("npv", greatest(values.values()))
    more = difference >= 0
    others_said = listed([view.name(s) for s in others])
    apart = sentence(" together, built apart", "分开建设之和") if len(others) > 1 else same("")
    return sentence(
        "{both} is worth {d} {more} than {others}{apart}.",
        "{both}的净现值比{others}{apart}{more} {d}。",
        both=view.name(both),
        d=said(abs(difference), scale),
        more=Words("more", "高") if more else Words("less", "低"),
        others=others_said,
        apart=apart,
    )


def _power(view: View) -> list[Words]:
    told: dict[Words, list[Words]] = {}
    for s in view.having("use", "product", "least_temperature", "hottest_water"):
        ds = view.dataset(f"{s}/use")
        assert ds is not None
        for place, product in enumerate(ds.product.values.tolist()):
            if str(product) == "power":
                least, hottest = (
                    float(ds[n].values[place]) for n in ("least_temperature", "hottest_water")
                )
                sink = labels(ds.product, "sink")[place]
                told.setdefault(_power_words(view, sink, least, hottest), []).append(view.name(s))
    return [
        sentence("{where}: {what}", "{where}：{what}", what=what, where=listed(where))
        for what, where in told.items()
    ]


def _power_words(view: View, sink: Words, least: float, hottest: float) -> Words:
    scale = view.scale("least_temperature", least)
    if not np.isfinite(hottest):
        return sentence("no water reaches {sink}.", "没有热水到达 {sink}。", sink=sink)
    parts = {"sink": sink, "least": said(least, scale), "hot": said(hottest, scale)}
    if hottest < least:
        return sentence(
            "power is not possible: sink '{sink}' needs water of at least {least}, the hottest "
            "that reaches "
            "it has {hot}.",
            "不能发电：用户“{sink}”至少需要 {least} 的热水，而到达的最高水温仅 {hot}。",
            **parts,
        )
    return sentence(
        "power is possible: sink '{sink}' needs water of at least {least}, and up to "
        "{hot} reaches it.",
        "可以发电：用户“{sink}”至少需要 {least} 的热水，到达的最高水温为 {hot}。",
        **parts,
    )


def _score(view: View) -> Words | None:
    low, mid, high, known = (
        view.scalar(PLACE, n) for n in ("score_low", "score_mid", "score_high", "score_coverage")
    )
    if low is None or mid is None or high is None or known is None:
        return None
    scale = scale_for("1", "score_low")
    return sentence(
        "As a site for hot dry rock it scores {range} of 9 (middle {mid}); indicators that carry "
        "{known} of the weight are known, the rest makes the range.",
        "作为干热岩场址，综合得分为 {range}（满分 9，中值 {mid}）；已知指标占权重 "
        "{known}，其余未知指标形成该区间。",
        range=span(low, high, scale),
        mid=said(mid, scale),
        known=said(known, scale_for("1")),
    )


def _strategies(view: View) -> Table | None:
    rows: list[Group | tuple[Cell, ...]] = []
    key = Words("name in the project file", "项目文件中的名称")
    rows.append((text(key), *(text(s, "said") for s in view.strategies)))
    docs = [view.doc(s) for s in view.strategies]
    if any(doc.en for doc in docs):
        meant = Words("what it means", "含义")
        rows.append((text(meant), *(text(d if d.en else ABSENT, "said") for d in docs)))
    for stage, title in STAGES.items():
        keys = {
            key: None
            for s in view.strategies
            for key in view.headlines.get(s, {})
            if key.startswith(f"{stage}.")
        }
        if keys:
            rows.append(Group(title))
            rows += [_row(view, key) for key in keys]
    if not rows:
        return None
    return Table(
        Words("The strategies side by side", "各方案对比"),
        (Words("result", "结果"), *(view.name(s) for s in view.strategies)),
        tuple(rows),
        Words(
            f"{ABSENT}: the strategy lacks the part that gives this number, or there is no such "
            "number, as with a rate of return that is not unique.",
            f"{ABSENT}：该方案不含产生此数的部分，或此数不存在（如内部收益率不唯一）。",
        ),
    )


def _row(view: View, key: str) -> tuple[Cell, ...]:
    name = key.partition(".")[2]
    held = [view.headlines.get(s, {}).get(key) for s in view.strategies]
    values = [None if h is None else float(h["value"]) for h in held]
    unit = next(str(h["unit"]) for h in held if h is not None)
    scale = scale_for(unit, name, greatest([v for v in values if v is not None]), view.currency)
    digits = 2 if name == "ledger_residual" else 4
    title = with_unit(meaning(name), scale.symbol)
    return (text(title), *(number(v, scale, digits) for v in values))


def _place(view: View) -> Table | None:
    rows = []
    for key, held in view.headlines.get(PLACE, {}).items():
        name = key.partition(".")[2]
        value = float(held["value"])
        scale = scale_for(str(held["unit"]), name, value, view.currency)
        rows.append((text(meaning(name)), number(value, scale), text(scale.symbol)))
    if not rows:
        return None
    head = (Words("result", "结果"), Words("value", "数值"), Words("unit", "单位"))
    return Table(
        Words("The place, the same for all strategies", "场址（各方案相同）"), head, tuple(rows)
    )


def _compared(view: View) -> Table | None:
    """What the comparison holds beyond the headlines."""
    ds = view.dataset("compare")
    if ds is None or "strategy" not in ds.dims:
        return None
    shown = {key.partition(".")[2] for s in view.strategies for key in view.headlines.get(s, {})}
    rows = []
    for name, array in ds.data_vars.items():
        short = str(name).rpartition(".")[2]
        if array.dims != ("strategy",) or short in shown or array.dtype.kind not in "fiu":
            continue
        scale = view.scale_of(array.rename(short))
        rows.append(
            (
                text(with_unit(meaning(short), scale.symbol)),
                *(number(float(v), scale) for v in array.values),
            )
        )
    if not rows:
        return None
    names = [
        view.name(str(s)) if str(s) in view.strategies else label(str(s))
        for s in ds.strategy.values
    ]
    return Table(
        Words("Further comparison", "其他对比"), (Words("result", "结果"), *names), tuple(rows)
    )
