"""Pictures for a page: made small, so that all of them stay within a budget."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TYPES = frozenset({".png", ".jpg", ".jpeg", ".webp"})
#: width in px and quality of the WebP, from the best; the first with which all pictures fit
STEPS = ((720, 82), (540, 75), (400, 65), (280, 55), (180, 45))
#: a file that makes a picture of more px than this is not opened
MOST_PX = 64_000_000


@dataclass(frozen=True)
class Thumb:
    """A picture inside a page: `source` is a data: URI; `width` and `height` in px."""

    source: str
    width: int
    height: int


def thumbs(
    paths: Sequence[Path], budget: int, steps: Sequence[tuple[int, int]] = STEPS
) -> dict[Path, Thumb]:
    """A thumb of each picture that can be read, `budget` bytes in all.

    Where the smallest step is still too much, the last ones go without.
    """
    found: dict[Path, tuple[bytes, int, int]] = {}
    for width, quality in steps:
        made = ((path, _made(path, width, quality)) for path in dict.fromkeys(paths))
        found = {path: picture for path, picture in made if picture is not None}
        if sum(len(picture[0]) for picture in found.values()) <= budget:
            break
    kept: dict[Path, Thumb] = {}
    left = budget
    for path, (data, width, height) in found.items():
        left -= len(data)
        if left >= 0:
            source = f"data:image/webp;base64,{base64.b64encode(data).decode()}"
            kept[path] = Thumb(source, width, height)
    return kept


def _made(path: Path, width: int, quality: int) -> tuple[bytes, int, int] | None:
    from PIL import Image, UnidentifiedImageError

    if path.suffix.lower() not in TYPES or not path.is_file():
        return None
    try:
        with Image.open(path) as opened:
            if opened.width * opened.height > MOST_PX:
                return None
            picture = opened.convert("RGB")
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError):
        return None
    if picture.width > width:
        picture = picture.resize((width, max(1, round(picture.height * width / picture.width))))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=2)
    return out.getvalue(), picture.width, picture.height
