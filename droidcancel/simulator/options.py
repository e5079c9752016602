"""What a virtual phone is made of."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from droidcancel.simulator.clock import PROFILES
from droidcancel.simulator.quirks import QUIRKS, VENDORS

# Apps of the phone without texts in one of them show English, as apps do.
LOCALES = (
    "en-US", "fr-FR", "id-ID", "ar-EG", "de-DE", "en-GB", "es-ES", "hi-IN", "it-IT", "ja-JP",
    "ko-KR", "pt-BR", "ru-RU", "tr-TR", "vi-VN", "zh-CN", "zh-TW",
)  # fmt: skip
RIGHT_TO_LEFT = frozenset({"ar"})  # languages
API_LEVELS = range(21, 38)

# API level -> (release, codename, build id of a stock image of that version, security patch).
RELEASES: Mapping[int, tuple[str, str, str, str]] = {
    21: ("5.0", "LOLLIPOP", "LRX21T", "2014-11-01"),
    22: ("5.1", "LOLLIPOP_MR1", "LMY47D", "2015-03-01"),
    23: ("6.0", "M", "MRA58K", "2015-10-01"),
    24: ("7.0", "N", "NRD90M", "2016-08-05"),
    25: ("7.1.1", "N_MR1", "NMF26X", "2016-12-05"),
    26: ("8.0.0", "O", "OPR6.170623.013", "2017-08-05"),
    27: ("8.1.0", "O_MR1", "OPM1.171019.011", "2017-12-05"),
    28: ("9", "P", "PPR1.180610.009", "2018-08-05"),
    29: ("10", "Q", "QP1A.190711.020", "2019-09-05"),
    30: ("11", "R", "RP1A.200720.009", "2020-09-05"),
    31: ("12", "S", "SP1A.210812.015", "2021-10-05"),
    32: ("12", "S_V2", "SP2A.220305.012", "2022-03-05"),
    33: ("13", "TIRAMISU", "TP1A.220624.014", "2022-08-05"),
    34: ("14", "UPSIDE_DOWN_CAKE", "UP1A.231005.007", "2023-10-05"),
    35: ("15", "VANILLA_ICE_CREAM", "AP3A.240905.015", "2024-09-05"),
    36: ("16", "BAKLAVA", "BP2A.250605.031", "2025-06-05"),
    37: ("17", "CINNAMON_BUN", "CP1A.260305.018", "2026-06-05"),
}


@dataclass(frozen=True)
class PhoneOptions:
    """The make of a phone. Sizes in px, rates in bytes a second, times in seconds.

    `navigation`: buttons, or gestures from the edges (Android 10 and later). `folded_width` and
    `folded_height`: the screen of a foldable while it is closed, 0 for a phone that does not fold.
    `replay`: the path of a cassette whose app is installed too; `cassette.phone_for` makes the
    phone that fits it.
    """

    api: int = 34
    profile: str = "instant"
    width: int = 1080
    height: int = 2400
    density: int = 420
    folded_width: int = 0
    folded_height: int = 0
    navigation: str = "buttons"
    locale: str = "en-US"
    model: str = "Simulated Phone"
    manufacturer: str = "droidcancel"
    device: str = "dcphone"
    serial: str = ""
    secure: bool = False
    debuggable: bool = False
    night: bool = False
    storage_bytes: int = 16 * 2**30
    free_bytes: int | None = None
    upload_bytes_per_s: float = 1.5e6
    download_bytes_per_s: float = 8e6
    delay_s: float = 0.01
    loss: float = 0.0
    on_network_loss: str = "abort"
    app_build: str = "good"
    app_options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    apps: tuple[str, ...] = ("clips",)
    replay: str | None = None
    app_version: str = ""
    seed: int = 0
    vendor: str = ""
    quirks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check()
        if self.vendor:
            self._be_of(self.vendor)

    def _be_of(self, name: str) -> None:
        """Take on what a vendor's phones say of themselves, where nothing else was given."""
        vendor = VENDORS[name]
        for key in ("manufacturer", "model", "device"):
            if getattr(self, key) == getattr(type(self), key):
                object.__setattr__(self, key, getattr(vendor, key))
        object.__setattr__(self, "quirks", tuple(dict.fromkeys((*vendor.quirks, *self.quirks))))

    def has(self, quirk: str) -> bool:
        """Whether the phone has that quirk."""
        return quirk in self.quirks

    def _check(self) -> None:
        checks = (
            (self.api in API_LEVELS, f"api must be 21 to 37, not {self.api}"),
            (
                self.profile in PROFILES,
                f"profile must be one of {', '.join(PROFILES)}, not {self.profile!r}",
            ),
            (
                self.locale in LOCALES or self.replay is not None,
                f"locale must be one of {', '.join(LOCALES)}, not {self.locale!r}",
            ),
            (
                240 <= self.width <= 4096 and 320 <= self.height <= 4096,
                "the screen must be 240x320 to 4096x4096 px",
            ),
            (
                self.folds == bool(self.folded_height)
                and (not self.folds or min(self.folded_width, self.folded_height) >= 240),
                "a foldable needs folded_width and folded_height, of 240 px at least",
            ),
            (
                self.navigation in ("buttons", "gesture"),
                f"navigation must be 'buttons' or 'gesture', not {self.navigation!r}",
            ),
            (
                self.navigation == "buttons" or self.api >= 29,
                "gesture navigation came with Android 10 (API 29)",
            ),
            (120 <= self.density <= 640, "density must be 120 to 640 dpi"),
            (
                self.upload_bytes_per_s > 0 and self.download_bytes_per_s > 0,
                "bandwidth must be above 0",
            ),
            (0 <= self.loss < 1, "loss must be at least 0 and below 1"),
            (
                self.on_network_loss in ("abort", "stall"),
                "on_network_loss must be 'abort' or 'stall'",
            ),
            (
                not self.vendor or self.vendor in VENDORS,
                f"vendor must be one of {', '.join(VENDORS)}, not {self.vendor!r}",
            ),
            (
                set(self.quirks) <= set(QUIRKS),
                f"no quirk is called {', '.join(sorted(set(self.quirks) - set(QUIRKS)))}; "
                f"there are {', '.join(QUIRKS)}",
            ),
        )
        for ok, message in checks:
            if not ok:
                raise ValueError(message)

    @property
    def folds(self) -> bool:
        """Whether it is a foldable."""
        return bool(self.folded_width)

    @property
    def release(self) -> str:
        return RELEASES[self.api][0]

    @property
    def language(self) -> str:
        return self.locale.partition("-")[0]

    @property
    def fingerprint(self) -> str:
        release, _, build, _ = RELEASES[self.api]
        brand = self.manufacturer.lower().replace(" ", "")
        return f"{brand}/{self.device}/{self.device}:{release}/{build}/1:user/release-keys"

    def random(self, purpose: str) -> random.Random:
        """A repeatable source of chance for one purpose."""
        return random.Random(f"{self.seed}:{self.serial}:{purpose}")
