"""`Settings.System`, `Settings.Secure` and `Settings.Global` of the phone."""

from __future__ import annotations

from collections.abc import Callable

from droidcancel.simulator.options import PhoneOptions

NAMESPACES = ("system", "secure", "global")
Listener = Callable[[str, str, str | None], None]


def defaults(options: PhoneOptions) -> dict[str, dict[str, str]]:
    """The settings that a new phone of this make has (SettingsProvider's defaults.xml)."""
    values: dict[str, dict[str, str]] = {
        "system": {
            "screen_brightness": "102",
            "screen_brightness_mode": "1",
            "screen_off_timeout": "1800000",
            "accelerometer_rotation": "0",
            "user_rotation": "0",
            "volume_music": "5",
            "volume_ring": "5",
            "font_scale": "1.0",
            "haptic_feedback_enabled": "1",
            "time_12_24": "24",
            "system_locales": options.locale,
        },
        "secure": {
            "android_id": f"{options.random('android_id').getrandbits(64):016x}",
            "default_input_method": "com.android.inputmethod.latin/.LatinIME",
            "enabled_input_methods": "com.android.inputmethod.latin/.LatinIME",
            "location_mode": "3",
            "user_setup_complete": "1",
            "ui_night_mode": "2" if options.night else "1",
            "bluetooth_name": options.model,
            "navigation_mode": "2" if options.navigation == "gesture" else "0",
        },
        "global": {
            "adb_enabled": "1",
            "airplane_mode_on": "0",
            "airplane_mode_radios": "cell,bluetooth,wifi,nfc,wimax",
            "airplane_mode_toggleable_radios": "bluetooth,wifi,nfc",
            "animator_duration_scale": "1.0",
            "transition_animation_scale": "1.0",
            "window_animation_scale": "1.0",
            "auto_time": "1",
            "auto_time_zone": "1",
            "bluetooth_on": "1",
            "data_roaming": "0",
            "device_name": options.model,
            "device_provisioned": "1",
            "development_settings_enabled": "1",
            "mobile_data": "1",
            "mobile_data1": "1",
            "multi_sim_data_call": "1",
            "package_verifier_enable": "1",
            "stay_on_while_plugged_in": "0",
            "wifi_on": "1",
            "wifi_scan_always_enabled": "0",
        },
    }
    values["config"] = {}
    if options.api >= 33:
        values["global"]["apm_enhancement_enabled"] = "1"
    if options.has("wifi-stays"):
        _keep_wifi(values, options.api)
    if options.has("dual-sim"):
        values["global"] |= {"mobile_data2": "1", "multi_sim_data_call": "2"}
    if options.has("no-sim"):
        for key in ("mobile_data1", "multi_sim_data_call"):
            del values["global"][key]
    return values


def _keep_wifi(values: dict[str, dict[str, str]], api: int) -> None:
    """Airplane mode leaves Wi-Fi alone: by the user's choice, before 13 by the build's list."""
    if api < 33:
        values["global"]["airplane_mode_radios"] = "cell,bluetooth,nfc,wimax"
    elif api < 37:  # there the choice is kept, but shows in no setting
        values["secure"]["wifi_apm_state"] = "1"


class SettingsStore:
    """Tables of strings; `on_change` callbacks hear of every change.

    Besides those of `settings` there is "config", `device_config`'s, its keys "namespace/key".
    """

    def __init__(self, options: PhoneOptions) -> None:
        self._tables = defaults(options)
        self._listeners: list[Listener] = []
        self.size = 0  # characters beyond the defaults

    def get(self, namespace: str, key: str) -> str | None:
        return self._tables[namespace].get(key)

    def put(self, namespace: str, key: str, value: str) -> None:
        table = self._tables[namespace]
        old = table.get(key)
        if old != value:
            self.size += len(value) + len(key) if old is None else len(value) - len(old)
            table[key] = value
            self._notify(namespace, key, value)

    def delete(self, namespace: str, key: str) -> bool:
        """Remove a setting; False when there was none."""
        old = self._tables[namespace].pop(key, None)
        if old is None:
            return False
        self.size -= len(key) + len(old)
        self._notify(namespace, key, None)
        return True

    def list(self, namespace: str) -> dict[str, str]:
        return dict(sorted(self._tables[namespace].items()))

    def on_change(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def _notify(self, namespace: str, key: str, value: str | None) -> None:
        for listener in list(self._listeners):
            listener(namespace, key, value)
