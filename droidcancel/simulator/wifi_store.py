"""What Android remembers of Wi-Fi's switch, airplane mode included.

Follows WifiSettingsStore of the Wi-Fi module. The setting `global wifi_on` holds one of
four values; `secure wifi_apm_state` says, from Android 13 on, that the user once switched
Wi-Fi on during airplane mode: from then on airplane mode leaves Wi-Fi alone.
"""

from __future__ import annotations

from droidcancel.simulator.options import PhoneOptions
from droidcancel.simulator.settings_store import SettingsStore

DISABLED = "0"
ENABLED = "1"
ENABLED_IN_AIRPLANE = "2"
DISABLED_BY_AIRPLANE = "3"

APM_ENHANCEMENT_SINCE = 33
# Recorded on an API 37 emulator: the choice is kept, yet the setting reads null all along.
APM_STATE_HIDDEN_SINCE = 37


class WifiStore:
    """The persisted state of the Wi-Fi switch; `airplane` is what Wi-Fi knows of the mode."""

    def __init__(self, settings: SettingsStore, options: PhoneOptions) -> None:
        self._settings = settings
        self._api = options.api
        self._since = APM_ENHANCEMENT_SINCE + options.has("modules-not-updated")
        self._kept = options.has("wifi-stays")
        self.airplane = False

    @property
    def value(self) -> str:
        return self._settings.get("global", "wifi_on") or DISABLED

    @value.setter
    def value(self, value: str) -> None:
        self._settings.put("global", "wifi_on", value)

    def should_be_on(self) -> bool:
        """Whether the radio is to be on."""
        if self.airplane:
            return self.value == ENABLED_IN_AIRPLANE
        return self.value != DISABLED

    def airplane_toggled(self, on: bool) -> None:
        """Airplane mode has changed (ACTION_AIRPLANE_MODE_CHANGED was received).

        Wi-Fi that is not on the list of airplane mode's radios does not know of it.
        """
        if not self.started_with(on):
            return
        if not on and self.value in (ENABLED_IN_AIRPLANE, DISABLED_BY_AIRPLANE):
            self.value = ENABLED
        elif on and self.value == ENABLED:
            self.value = ENABLED_IN_AIRPLANE if self._stays_on() else DISABLED_BY_AIRPLANE

    def started_with(self, airplane: bool) -> bool:
        """Take over what the mode is; whether Wi-Fi is one of its radios."""
        listed = self._listed("airplane_mode_radios")
        self.airplane = airplane and listed
        return listed

    def wifi_toggled(self, on: bool) -> bool:
        """The user, or a command, switches Wi-Fi; False when airplane mode forbids it."""
        if self.airplane and not self._listed("airplane_mode_toggleable_radios"):
            return False
        self.value = DISABLED if not on else ENABLED_IN_AIRPLANE if self.airplane else ENABLED
        if self.airplane and self._enhanced():
            self._keep(on)
        return True

    def _listed(self, setting: str) -> bool:
        return "wifi" in (self._settings.get("global", setting) or "").split(",")

    def _enhanced(self) -> bool:
        flag = self._settings.get("global", "apm_enhancement_enabled")
        return self._api >= self._since and flag == "1"

    def _keep(self, on: bool) -> None:
        self._kept = on
        if self._api < APM_STATE_HIDDEN_SINCE:
            self._settings.put("secure", "wifi_apm_state", "1" if on else "0")

    def _stays_on(self) -> bool:
        if not self._enhanced():
            return False
        if self._api >= APM_STATE_HIDDEN_SINCE:
            return self._kept
        return self._settings.get("secure", "wifi_apm_state") == "1"
