"""Sentences that say what numbers say, in both languages."""

from collections.abc import Sequence

from comine.report.display import Scale, figure, signed
from comine.report.words import Words, same


def said(value: float, scale: Scale, digits: int = 3) -> Words:
    """Number with its unit, as it stands in a sentence."""
    shown = figure(float(scale(value)), digits)
    if scale.symbol.en == "%":
        return same(f"{shown} %")
    return Words(f"{shown} {scale.symbol.en}".strip(), f"{shown} {scale.symbol.zh}".strip())


def span(low: float, high: float, scale: Scale, digits: int = 3) -> Words:
    """Range with its unit; one number where both ends read alike."""
    a, b = figure(float(scale(low)), digits), figure(float(scale(high)), digits)
    if a == b:
        return said(low, scale, digits)
    return Words(f"{a} to {b} {scale.symbol.en}".strip(), f"{a}～{b} {scale.symbol.zh}".strip())


def change(before: float, after: float, scale: Scale) -> Words:
    """Change with its sign, in percent where that has a meaning and in the scale's unit."""
    difference = (after - before) / scale.size
    size = f"{signed(difference)} {scale.symbol.en}"
    size_zh = f"{signed(difference)} {scale.symbol.zh}"
    if before <= 0:
        return Words(size, size_zh)
    share = signed(100 * (after - before) / before)
    return Words(f"{share} %, {size}", f"{share} %，{size_zh}")


HARDLY = Words("hardly changes", "基本不变")


def direction(before: float, after: float, tolerance: float = 2e-3) -> Words:
    """Whether a quantity falls, rises or stays; `tolerance` is relative.

    As given it covers what three digits hide and what the cooling's own tolerance allows.

    >>> direction(437.2, 436.9).en
    'hardly changes'
    """
    if abs(after - before) <= tolerance * max(abs(before), abs(after)):
        return HARDLY
    return Words("falls", "下降") if after < before else Words("rises", "上升")


def listed(items: Sequence[Words]) -> Words:
    """Items joined as a sentence lists them.

    >>> listed([same("a"), same("b"), same("c")])
    Words(en='a, b and c', zh='a、b、c')
    """
    english = [item.en for item in items]
    head = ", ".join(english[:-1])
    joined = f"{head} and {english[-1]}" if head else "".join(english)
    return Words(joined, "、".join(item.zh for item in items))


def sentence(en: str, zh: str, **parts: Words | str | int) -> Words:
    """Fill one template in each language with the same parts.

    >>> sentence("{n} wells", "{n} 口井", n=2)
    Words(en='2 wells', zh='2 口井')
    """
    english = {k: v.en if isinstance(v, Words) else v for k, v in parts.items()}
    chinese = {k: v.zh if isinstance(v, Words) else v for k, v in parts.items()}
    return Words(en.format(**english), zh.format(**chinese))


def joined(*sentences: Words | None) -> Words:
    """Sentences one after the other; what is None is left out."""
    there = [s for s in sentences if s is not None]
    return Words(" ".join(s.en for s in there), "".join(s.zh for s in there))
