"""A text in both languages of the report."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same thing said in English and in Chinese."""

    en: str
    zh: str

    def __add__(self, other: object) -> "Words":
        """Join two texts language by language."""
        if not isinstance(other, Words):
            return NotImplemented
        return Words(self.en + other.en, self.zh + other.zh)


def same(text: str) -> Words:
    """Text that reads alike in both languages: a name, a number, a symbol."""
    return Words(text, text)


def with_unit(name: Words, unit: Words) -> Words:
    """Label of an axis or column: ``depth [m]``.

    >>> with_unit(Words("depth", "深度"), same("m")).zh
    '深度 [m]'
    """
    if not unit.en:
        return name
    return Words(f"{name.en} [{unit.en}]", f"{name.zh} [{unit.zh}]")
