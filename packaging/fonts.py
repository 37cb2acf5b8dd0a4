"""Makes the font of the report for what DejaVu Sans lacks: those letters of WenQuanYi Micro Hei, without hints, packed.

    pip install fonttools
    python packaging/fonts.py wqy-microhei.ttc

Only whoever changes the fonts needs this; the outcome, a quarter of the original, is in `resources/fonts/`.
"""

from __future__ import annotations

import argparse
import io
import lzma
from pathlib import Path

FONTS = Path(__file__).resolve().parents[1] / "resources" / "fonts"
OUTCOME = FONTS / "WenQuanYiMicroHei.ttf.xz"


def main() -> None:
    """Write the outcome and say how large it is."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("original", type=Path)
    font = TTFont(parser.parse_args().original, fontNumber=0)
    there = set.intersection(*(set(TTFont(file).getBestCmap()) for file in FONTS.glob("DejaVuSans*.ttf")))
    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=set(font.getBestCmap()) - there)
    cut.subset(font)
    written = io.BytesIO()
    font.save(written)
    OUTCOME.write_bytes(lzma.compress(written.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{OUTCOME.name}: {len(font.getBestCmap()):,} characters, {OUTCOME.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
