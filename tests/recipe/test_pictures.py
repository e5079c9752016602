"""Pictures are written behind the run, each under its own name, and none is lost silently."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from droidcancel.recipe.pictures import Pictures


def test_all_are_written_once_it_is_closed(tmp_path: Path) -> None:
    pictures = Pictures()
    for number in range(5):
        path = tmp_path / f"{number}.png"
        pictures.keep(Image.new("RGB", (40, 80), (number, 0, 0)), path)
        assert path.exists()
    assert pictures.close() == []
    for number in range(5):
        with Image.open(tmp_path / f"{number}.png") as picture:
            assert picture.getpixel((0, 0)) == (number, 0, 0)
    assert pictures.close() == []


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    pictures = Pictures()
    path = tmp_path / "a.nosuch"
    pictures.keep(Image.new("RGB", (1, 1)), path)
    (problem,) = pictures.close()
    assert "a.nosuch could not be written" in problem
    assert not path.exists()
