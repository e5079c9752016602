"""Pictures are written behind the run, each under its own name, and none is lost silently."""

from __future__ import annotations

import threading
from pathlib import Path

from PIL import Image

from droidcancel.recipe.pictures import Pictures


def test_all_are_written_once_it_is_closed(tmp_path: Path) -> None:
    pictures = Pictures()
    for number in range(5):
        path = tmp_path / f"{number}.png"
        pictures.keep(path, Image.new("RGB", (40, 80), (number, 0, 0)).save)
        assert path.exists()
    assert pictures.close() == []
    for number in range(5):
        with Image.open(tmp_path / f"{number}.png") as picture:
            assert picture.getpixel((0, 0)) == (number, 0, 0)
    assert pictures.close() == []


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    pictures = Pictures()
    path = tmp_path / "a.nosuch"
    pictures.keep(path, Image.new("RGB", (1, 1)).save)
    (problem,) = pictures.close()
    assert "a.nosuch could not be written" in problem
    assert not path.exists()


def test_while_it_is_held_nothing_is_made(tmp_path: Path) -> None:
    pictures, made = Pictures(), threading.Event()

    def make(path: Path) -> None:
        path.write_bytes(b"made")
        made.set()

    pictures.hold()
    pictures.keep(tmp_path / "a", make)
    assert not made.wait(0.1)
    pictures.release()
    assert made.wait(10)
    pictures.release()  # harmless
    pictures.hold()
    pictures.keep(tmp_path / "b", make)
    assert pictures.close() == []
    assert (tmp_path / "b").read_bytes() == b"made"


def test_holding_waits_for_what_is_being_made(tmp_path: Path) -> None:
    pictures, begun, go = Pictures(), threading.Event(), threading.Event()

    def make(path: Path) -> None:
        begun.set()
        assert go.wait(10)
        path.write_bytes(b"made")

    pictures.keep(tmp_path / "a", make)
    assert begun.wait(10)
    threading.Timer(0.05, go.set).start()
    pictures.hold()
    assert (tmp_path / "a").read_bytes() == b"made"
    assert pictures.close() == []
