"""Colours by name, in light and dark, after Material 3's baseline scheme."""

from __future__ import annotations

from collections.abc import Mapping

from PIL import ImageColor

Rgba = tuple[int, int, int, int]

LIGHT: Mapping[str, str] = {
    "surface": "#fffbfe",
    "surface_low": "#f7f2fa",
    "surface_container": "#f3edf7",
    "surface_high": "#ece6f0",
    "on_surface": "#1c1b1f",
    "on_surface_variant": "#49454f",
    "primary": "#0b57d0",
    "on_primary": "#ffffff",
    "primary_container": "#d3e3fd",
    "on_primary_container": "#041e49",
    "secondary_container": "#e8def8",
    "accent": "#fe2c55",
    "on_accent": "#ffffff",
    "success": "#146c2e",
    "warning": "#b3680b",
    "error": "#b3261e",
    "on_error": "#ffffff",
    "outline": "#79747e",
    "outline_variant": "#dcd8e0",
    "inverse_surface": "#313033",
    "inverse_on_surface": "#f4eff4",
    "toast": "#f5f5f5",
    "on_toast": "#1c1b1f",
    "track": "#e0dde6",
    "keyboard": "#e8eaed",
    "key": "#ffffff",
    "key_special": "#ced2d9",
    "on_key": "#202124",
    "hint": "#8a8690",
}

DARK: Mapping[str, str] = {
    "surface": "#141218",
    "surface_low": "#1d1b20",
    "surface_container": "#211f26",
    "surface_high": "#2b2930",
    "on_surface": "#e6e0e9",
    "on_surface_variant": "#cac4d0",
    "primary": "#a8c7fa",
    "on_primary": "#062e6f",
    "primary_container": "#0842a0",
    "on_primary_container": "#d3e3fd",
    "secondary_container": "#4a4458",
    "accent": "#ff4d6f",
    "on_accent": "#ffffff",
    "success": "#6dd58c",
    "warning": "#f6b866",
    "error": "#f2b8b5",
    "on_error": "#601410",
    "outline": "#938f99",
    "outline_variant": "#3c3a42",
    "inverse_surface": "#e6e0e9",
    "inverse_on_surface": "#313033",
    "toast": "#3a383e",
    "on_toast": "#f4eff4",
    "track": "#3b3942",
    "keyboard": "#1f2023",
    "key": "#3a3b3f",
    "key_special": "#2c2d31",
    "on_key": "#e8eaed",
    "hint": "#8f8b96",
}

_FIXED: Mapping[str, str] = {
    "white": "#ffffff",
    "black": "#000000",
    "transparent": "#00000000",
    "scrim": "#52000000",
}


def resolve(name: str, night: bool) -> Rgba:
    """The colour (r, g, b, a) of a name or of #rgb, #rrggbb, #aarrggbb. Raises ValueError."""
    table = DARK if night else LIGHT
    text = table.get(name) or _FIXED.get(name) or name
    if text.startswith("#") and len(text) == 9:  # Android writes alpha first
        text = "#" + text[3:] + text[1:3]
    color = ImageColor.getcolor(text, "RGBA")
    assert isinstance(color, tuple)
    return color[0], color[1], color[2], color[3]
