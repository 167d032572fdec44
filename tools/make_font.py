"""Build the report's font: a subset of Noto Sans CJK SC Regular that covers Chinese reports.

    python tools/make_font.py NotoSansCJK-Regular.ttc

It holds Latin, Greek, the punctuation and signs of engineering texts, every hanzi of GB 2312
(levels 1 and 2, for the names of places), and every character of the report's own texts and of
the glossary. Hinting is dropped. The result is written into ``comine.report.assets``.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection

FAMILY = "Noto Sans CJK SC"
ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src/comine/report/assets/NotoSansCJKsc-Regular-subset.otf"
TEXTS = ("src/comine/report", "src/comine/stages", "src/comine/siting")
RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x017F),  # Latin-1 and Latin Extended-A
    (0x0391, 0x03C9),  # Greek
    (0x2010, 0x2027),  # dashes, quotation marks, ellipsis
    (0x2030, 0x203B),  # per mille, prime, reference mark
    (0x2070, 0x209C),  # superscripts and subscripts
    (0x20AC, 0x20AC),  # euro
    (0x2103, 0x2122),  # degree Celsius, numero, trade mark
    (0x2190, 0x2193),  # arrows
    (0x2200, 0x226F),  # mathematical operators
    (0x2460, 0x2473),  # circled numbers
    (0x25A0, 0x25EF),  # geometric marks
    (0x3000, 0x3017),  # CJK punctuation
    (0xFF01, 0xFF5E),  # full-width forms
)


def gb2312() -> set[str]:
    """Every hanzi of GB 2312-80."""
    found = set()
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            found.update(bytes([high, low]).decode("gb2312", errors="ignore"))
    return found


def own_texts() -> set[str]:
    """Every character that stands in the sources whose texts reach the report."""
    files = (file for folder in TEXTS for file in (ROOT / folder).rglob("*.py"))
    return {letter for file in files for letter in file.read_text(encoding="utf-8")}


def main(source: str) -> None:
    """Write the subset of the family's face in the collection `source`."""
    faces = TTCollection(source, lazy=True)
    font = next(face for face in faces if face["name"].getDebugName(1) == FAMILY)
    options = subset.Options(
        hinting=False, layout_features=["kern"], name_IDs=[0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    )
    letters = gb2312() | own_texts() | {chr(c) for a, b in RANGES for c in range(a, b + 1)}
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted(letters)))
    subsetter.subset(font)
    font.save(TARGET)
    print(
        f"{TARGET.name}: {len(font.getBestCmap())} characters, {TARGET.stat().st_size / 1e6:.2f} MB"
    )


if __name__ == "__main__":
    main(sys.argv[1])
