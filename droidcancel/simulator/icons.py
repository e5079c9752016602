"""Signs, drawn from primitives on a 24 x 24 grid as Material's are.

Each is a function of a `Pen`; `mask(name, px)` gives the smooth, cached picture of one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from PIL import Image

from droidcancel.simulator.icon_pen import Pen


def _home(pen: Pen) -> None:
    pen.poly((12, 3), (21, 11), (19, 11), (19, 20), (5, 20), (5, 11), (3, 11))
    pen.box(10, 14, 14, 20, ink=0)


def _plus(pen: Pen) -> None:
    pen.line((12, 5), (12, 19))
    pen.line((5, 12), (19, 12))


def _person(pen: Pen) -> None:
    pen.disc(12, 8, 4)
    pen.wedge(12, 20.5, 8, 180, 360)


def _inbox(pen: Pen) -> None:
    pen.frame(3, 4, 21, 18, radius=3)
    pen.poly((8, 17), (13, 17), (8, 22))
    pen.line((8, 9.5), (16, 9.5), width=1.6)
    pen.line((8, 13), (13, 13), width=1.6)


def _back(pen: Pen) -> None:
    pen.line((20, 12), (5, 12))
    pen.line((11.5, 5), (4.5, 12), (11.5, 19))


def _close(pen: Pen) -> None:
    pen.line((6, 6), (18, 18))
    pen.line((18, 6), (6, 18))


def _heart(pen: Pen) -> None:
    pen.disc(7.6, 9, 4.7)
    pen.disc(16.4, 9, 4.7)
    pen.poly((3.6, 11.4), (12, 20.8), (20.4, 11.4), (12, 7))


def _comment(pen: Pen) -> None:
    pen.box(3, 4, 21, 17, radius=5)
    pen.poly((7, 16), (13, 16), (8, 22))
    for x in (8, 12, 16):
        pen.disc(x, 10.5, 1.2, ink=0)


def _share(pen: Pen) -> None:
    pen.poly((13, 4), (22, 11.5), (13, 19), (13, 14.8), (9, 15.2), (5, 17), (2.5, 20), (4, 14),
             (8, 9.6), (13, 8.2))  # fmt: skip


def _more(pen: Pen) -> None:
    for y in (5.5, 12, 18.5):
        pen.disc(12, y, 2)


def _more_horizontal(pen: Pen) -> None:
    for x in (5.5, 12, 18.5):
        pen.disc(x, 12, 2)


def _menu(pen: Pen) -> None:
    for y in (6.5, 12, 17.5):
        pen.line((4, y), (20, y))


def _settings(pen: Pen) -> None:
    for step in range(8):
        angle = math.radians(45 * step)
        x, y = 12 + 8.2 * math.cos(angle), 12 + 8.2 * math.sin(angle)
        pen.line((12, 12), (x, y), width=4)
    pen.disc(12, 12, 7)
    pen.disc(12, 12, 3.2, ink=0)


def _airplane(pen: Pen) -> None:
    pen.poly((10.6, 3.6), (12, 2), (13.4, 3.6), (13.4, 9), (21.5, 14), (21.5, 16), (13.4, 13.6),
             (13.4, 18.5), (15.6, 20.2), (15.6, 21.8), (12, 20.8), (8.4, 21.8), (8.4, 20.2),
             (10.6, 18.5), (10.6, 13.6), (2.5, 16), (2.5, 14), (10.6, 9))  # fmt: skip


def _wifi(pen: Pen) -> None:
    pen.wedge(12, 21, 17, 225, 315)


def _wifi_off(pen: Pen) -> None:
    _wifi(pen)
    pen.line((4, 3), (20, 21), width=4, ink=0)
    pen.line((3, 4), (19, 22), width=1.8)


def _cell(pen: Pen) -> None:
    pen.poly((2.5, 21), (21, 2.5), (21, 21))


def _cell_off(pen: Pen) -> None:
    pen.poly((2.5, 21), (21, 2.5), (21, 21))
    pen.poly((7, 19), (19, 7), (19, 19), ink=0)


def _battery(pen: Pen) -> None:
    pen.box(9.5, 2, 14.5, 5)
    pen.box(6.5, 4, 17.5, 22, radius=1.5)


def _search(pen: Pen) -> None:
    pen.circle(10, 10, 6.6)
    pen.line((14.8, 14.8), (20.5, 20.5))


def _check(pen: Pen) -> None:
    pen.line((4.5, 12.5), (9.5, 17.5), (20, 7))


def _gallery(pen: Pen) -> None:
    pen.frame(3, 4, 21, 20, radius=3)
    pen.disc(8.5, 9.5, 1.8)
    pen.poly((5, 18), (10.5, 12), (13.5, 15), (16, 12.5), (19.5, 18))


def _lock(pen: Pen) -> None:
    pen.arc(12, 8.5, 5, 180, 360)
    pen.line((8, 8), (8, 11))
    pen.line((16, 8), (16, 11))
    pen.box(4.5, 10, 19.5, 22, radius=2)
    pen.disc(12, 16, 1.9, ink=0)


def _download(pen: Pen) -> None:
    pen.line((12, 3.5), (12, 15))
    pen.line((6.5, 10), (12, 15.5), (17.5, 10))
    pen.line((5, 20), (19, 20))


def _upload(pen: Pen) -> None:
    pen.line((12, 4.5), (12, 16))
    pen.line((6.5, 9.5), (12, 4), (17.5, 9.5))
    pen.line((5, 20), (19, 20))


def _flash(pen: Pen) -> None:
    pen.poly((7, 2), (16.5, 2), (13, 9.5), (18, 9.5), (9, 22), (11, 13.5), (7, 13.5))


def _play(pen: Pen) -> None:
    pen.poly((7, 4), (20, 12), (7, 20))


def _pause(pen: Pen) -> None:
    pen.box(6, 5, 10, 19, radius=0.8)
    pen.box(14, 5, 18, 19, radius=0.8)


def _trash(pen: Pen) -> None:
    pen.box(4, 4.2, 20, 6.2)
    pen.box(9, 2.5, 15, 5)
    pen.box(6, 7.4, 18, 21.5, radius=1.6)


def _camera(pen: Pen) -> None:
    pen.box(2.5, 6.5, 21.5, 20, radius=2.5)
    pen.box(8, 4, 16, 8, radius=1.5)
    pen.disc(12, 13, 4.6, ink=0)
    pen.disc(12, 13, 3)


def _video(pen: Pen) -> None:
    pen.box(2.5, 6, 16, 18, radius=2.5)
    pen.poly((17, 11), (22, 7.5), (22, 16.5), (17, 13))


def _chevron_right(pen: Pen) -> None:
    pen.line((9, 5.5), (15.5, 12), (9, 18.5))


def _chevron_down(pen: Pen) -> None:
    pen.line((5.5, 9), (12, 15.5), (18.5, 9))


def _chevron_up(pen: Pen) -> None:
    pen.line((5.5, 15), (12, 8.5), (18.5, 15))


def _refresh(pen: Pen) -> None:
    pen.arc(12, 12, 8, -20, 270)
    pen.poly((12, 0.5), (18, 5), (12, 9.5))


def _warning(pen: Pen) -> None:
    pen.poly((12, 2.5), (23, 21.5), (1, 21.5))
    pen.box(11, 9, 13, 15.5, ink=0)
    pen.disc(12, 18.4, 1.2, ink=0)


def _info(pen: Pen) -> None:
    pen.circle(12, 12, 9.4)
    pen.box(11, 10.6, 13, 17)
    pen.disc(12, 7.8, 1.2)


def _bell(pen: Pen) -> None:
    pen.wedge(12, 11, 6.5, 180, 360)
    pen.box(5.5, 10.5, 18.5, 17)
    pen.poly((5.5, 15), (18.5, 15), (21, 18.5), (3, 18.5))
    pen.wedge(12, 19.4, 2.2, 0, 180)


def _folder(pen: Pen) -> None:
    pen.box(2.5, 5, 11, 10, radius=1.5)
    pen.box(2.5, 7, 21.5, 19.5, radius=1.8)


def _apps(pen: Pen) -> None:
    for x in (6, 12, 18):
        for y in (6, 12, 18):
            pen.disc(x, y, 1.9)


def _music(pen: Pen) -> None:
    pen.disc(8, 18, 3.4)
    pen.line((10.6, 18), (10.6, 4.5), (18, 4.5))
    pen.line((10.6, 6.5), (18, 6.5), width=3)


def _nav_back(pen: Pen) -> None:
    pen.line((16.5, 4.5), (6, 12), (16.5, 19.5), closed=True, width=1.8)


def _nav_home(pen: Pen) -> None:
    pen.circle(12, 12, 7.4, width=1.8)


def _nav_recents(pen: Pen) -> None:
    pen.frame(5.2, 5.2, 18.8, 18.8, radius=2, width=1.8)


def _backspace(pen: Pen) -> None:
    pen.line((8.5, 5), (21, 5), (21, 19), (8.5, 19), (2.5, 12), closed=True, width=1.8)
    pen.line((11.5, 9), (17, 15), width=1.8)
    pen.line((17, 9), (11.5, 15), width=1.8)


def _shift(pen: Pen) -> None:
    pen.line((12, 3.5), (20, 12), (15.5, 12), (15.5, 19), (8.5, 19), (8.5, 12), (4, 12),
             closed=True, width=1.8)  # fmt: skip


def _enter(pen: Pen) -> None:
    pen.line((20, 6), (20, 13), (5, 13))
    pen.line((9.5, 8.5), (5, 13), (9.5, 17.5))


def _edit(pen: Pen) -> None:
    pen.poly((3, 21), (3, 17), (15, 5), (19, 9), (7, 21))
    pen.poly((16, 4), (18, 2), (22, 6), (20, 8))


def _globe(pen: Pen) -> None:
    pen.circle(12, 12, 9.4, width=1.8)
    pen.line((3, 12), (21, 12), width=1.6)
    pen.line((12, 3), (12, 21), width=1.6)
    pen.arc(6, 12, 11, -52, 52, width=1.6)
    pen.arc(18, 12, 11, 128, 232, width=1.6)


def _data(pen: Pen) -> None:
    pen.line((8, 20), (8, 5))
    pen.line((4.5, 8.5), (8, 5), (11.5, 8.5))
    pen.line((16, 4), (16, 19))
    pen.line((12.5, 15.5), (16, 19), (19.5, 15.5))


def _bluetooth(pen: Pen) -> None:
    pen.line((7, 7.5), (17, 16.5), (12, 21), (12, 3), (17, 7.5), (7, 16.5), width=1.8)


def _moon(pen: Pen) -> None:
    pen.disc(12, 12, 8.5)
    pen.disc(16, 9, 7.5, ink=0)


def _sun(pen: Pen) -> None:
    pen.disc(12, 12, 4.2)
    for step in range(8):
        angle = math.radians(45 * step)
        near = (12 + 6.5 * math.cos(angle), 12 + 6.5 * math.sin(angle))
        far = (12 + 9.5 * math.cos(angle), 12 + 9.5 * math.sin(angle))
        pen.line(near, far, width=1.8)


ICONS: Mapping[str, Callable[[Pen], None]] = {
    "home": _home,
    "plus": _plus,
    "person": _person,
    "inbox": _inbox,
    "back": _back,
    "close": _close,
    "heart": _heart,
    "comment": _comment,
    "share": _share,
    "more": _more,
    "more_horizontal": _more_horizontal,
    "menu": _menu,
    "settings": _settings,
    "airplane": _airplane,
    "wifi": _wifi,
    "wifi_off": _wifi_off,
    "cell": _cell,
    "cell_off": _cell_off,
    "battery": _battery,
    "search": _search,
    "check": _check,
    "gallery": _gallery,
    "lock": _lock,
    "download": _download,
    "upload": _upload,
    "flash": _flash,
    "play": _play,
    "pause": _pause,
    "trash": _trash,
    "camera": _camera,
    "video": _video,
    "chevron_right": _chevron_right,
    "chevron_down": _chevron_down,
    "chevron_up": _chevron_up,
    "refresh": _refresh,
    "warning": _warning,
    "info": _info,
    "bell": _bell,
    "folder": _folder,
    "apps": _apps,
    "music": _music,
    "nav_back": _nav_back,
    "nav_home": _nav_home,
    "nav_recents": _nav_recents,
    "backspace": _backspace,
    "shift": _shift,
    "enter": _enter,
    "edit": _edit,
    "globe": _globe,
    "data": _data,
    "bluetooth": _bluetooth,
    "moon": _moon,
    "sun": _sun,
}


@lru_cache(maxsize=512)
def mask(name: str, px: int) -> Image.Image:
    """The sign `name` as an "L" mask of px x px. Raises KeyError for an unknown name."""
    pen = Pen(max(1, px))
    ICONS[name](pen)
    return pen.image.resize((max(1, px), max(1, px)), Image.Resampling.BOX)
