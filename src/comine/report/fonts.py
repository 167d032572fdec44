"""The report's own font, so that Chinese is drawn on machines that have no Chinese font.

Sources
-------
Noto Sans CJK SC Regular 2.004, SIL Open Font License 1.1; see ``assets/LICENSES.md``.
"""

from base64 import b64encode
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib import font_manager

FAMILY = "Comine Sans"
"""Name that the style sheet gives to the embedded font."""
FILE = Path(str(files("comine.report") / "assets" / "NotoSansCJKsc-Regular-subset.otf"))


@cache
def characters() -> frozenset[str]:
    """Characters that the shipped font can draw.

    >>> "岩" in characters()
    True
    """
    with TTFont(FILE, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def embedded(text: str) -> str:
    """WOFF font, in base64, with the characters of `text` that the shipped font has."""
    options = subset.Options(flavor="woff", hinting=False, layout_features=["kern"])
    held = BytesIO()
    with subset.load_font(FILE, options, lazy=True) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(sorted(set(text) & characters() | set(" 0"))))
        subsetter.subset(font)
        subset.save_font(font, held, options)
    return b64encode(held.getvalue()).decode("ascii")


@cache
def for_pictures() -> str:
    """Make the font known to matplotlib and return its family name."""
    font_manager.fontManager.addfont(FILE)
    return font_manager.FontProperties(fname=FILE).get_name()
