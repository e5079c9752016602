"""The phone's radios and networks, as ConnectivityService sees them.

Switching is asynchronous as on a phone: a setting changes at once, the radios follow after
the latency profile's "radio_off", "wifi_reconnect" and "cell_reconnect" seconds. Wi-Fi is
the default network while it is up, mobile data otherwise; both may be up at a time
(`mobile_data_always_on`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from droidcancel.simulator import netproc
from droidcancel.simulator.radios import Radio
from droidcancel.simulator.wifi_store import (
    DISABLED_BY_AIRPLANE,
    ENABLED_IN_AIRPLANE,
    WifiStore,
)

if TYPE_CHECKING:
    from droidcancel.simulator.phone import Phone

Transport = Literal["wifi", "cell"]

PREFERENCE: tuple[Transport, ...] = ("wifi", "cell")
INTERFACES: dict[Transport, str] = {"wifi": "wlan0", "cell": "rmnet0"}
FIRST_NET_ID = 100
RETURNS_AFTER_S = 0.25
MOBILE_DATA_KEY = re.compile(r"mobile_data\d*")
BLUETOOTH_OFF, BLUETOOTH_ON, BLUETOOTH_ON_AIRPLANE = "0", "1", "2"


@dataclass(frozen=True)
class NetworkInfo:
    """A connected network. `since` is in seconds since boot, `net_id` is netd's number."""

    net_id: int
    transport: Transport
    interface: str
    since: float
    ssid: str | None = None


@dataclass
class Wifi:
    """The Wi-Fi radio and the access point in reach."""

    radio: Radio
    link: Radio
    ssid: str = "AndroidWifi"
    in_range: bool = True

    @property
    def enabled(self) -> bool:
        """The radio is on (`Wifi is enabled`)."""
        return self.radio.up

    @property
    def connected(self) -> bool:
        """Joined to `ssid`."""
        return self.link.up


@dataclass
class Cell:
    """The modem: `registered` in a mobile network, `connected` for data."""

    radio: Radio
    link: Radio
    operator: str = "Android"
    in_range: bool = True

    @property
    def registered(self) -> bool:
        return self.radio.up

    @property
    def connected(self) -> bool:
        return self.link.up


class Connectivity:
    """Airplane mode, Wi-Fi, mobile data, and which network is the default one."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._settings = phone.settings
        self._listeners: list[Callable[[], object]] = []
        self._next_net_id = FIRST_NET_ID
        self._networks: dict[Transport, NetworkInfo] = {}
        self._mode = Radio(self._airplane_received)
        self.store = WifiStore(phone.settings, phone.options)
        self.wifi = Wifi(Radio(self._wifi_switched), Radio(self._changed))
        self.cell = Cell(Radio(self._changed), Radio(self._changed))
        self.bluetooth = True
        self._data = self._setting_on("mobile_data")

    # -- life ------------------------------------------------------------------------------
    def start(self) -> None:
        """The radios after a boot: they follow the settings, with no further delay."""
        netproc.install(self._phone)
        on = self.airplane_setting
        self._data = self._setting_on("mobile_data")
        self._mode.force(on)
        self.store.started_with(on)
        self.bluetooth = self._settings.get("global", "bluetooth_on") == BLUETOOTH_ON and not on
        self.wifi.radio.force(self.store.should_be_on())
        self.wifi.link.force(self._wifi_may_join())
        self.cell.radio.force(self._cell_may_register(on))
        self.cell.link.force(self._cell_may_connect())
        self._networks.clear()
        self._changed()

    def stop(self) -> None:
        """The phone is off: no radio, no network."""
        for radio in (self._mode, *self._radios()):
            radio.force(False)
        self._changed()

    def _radios(self) -> tuple[Radio, ...]:
        return (self.wifi.radio, self.wifi.link, self.cell.radio, self.cell.link)

    # -- what is ---------------------------------------------------------------------------
    @property
    def airplane(self) -> bool:
        """Whether the radios are in airplane mode; the setting may say otherwise."""
        return self._mode.up

    @property
    def airplane_setting(self) -> bool:
        """What `cmd connectivity airplane-mode` and the status bar show."""
        return self._setting_on("airplane_mode_on")

    @property
    def data_enabled(self) -> bool:
        """Mobile data is switched on; `settings put global mobile_data` alone does not do it."""
        return self._data

    @property
    def settled(self) -> bool:
        """No radio is on its way to another state."""
        return self._mode.settled and all(radio.settled for radio in self._radios())

    def networks(self) -> list[NetworkInfo]:
        """Every connected network, the default one first."""
        return [self._networks[name] for name in PREFERENCE if name in self._networks]

    def active_network(self) -> NetworkInfo | None:
        """The default network, None when the phone is offline."""
        return next(iter(self.networks()), None)

    def alive(self, network: NetworkInfo) -> bool:
        """Whether that very network is still up (one that came back is another)."""
        return self._networks.get(network.transport) is network

    def metered(self, network: NetworkInfo) -> bool:
        """Whether it is metered: mobile data is, Wi-Fi when the user said so."""
        return self._phone.netpolicy.metered(network.transport, network.ssid)

    def on_change(self, listener: Callable[[], object]) -> Callable[[], None]:
        """Call `listener()` after each change of radios or networks; returns how to stop that."""
        self._listeners.append(listener)

        def forget() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return forget

    # -- switches --------------------------------------------------------------------------
    def set_airplane(self, on: bool) -> None:
        """What `cmd connectivity airplane-mode` does: the setting now, the radios later."""
        self._settings.put("global", "airplane_mode_on", "1" if on else "0")
        self.airplane_broadcast()

    def airplane_broadcast(self) -> None:
        """ACTION_AIRPLANE_MODE_CHANGED was sent: the radios go where the setting is."""
        self._mode.want(self.airplane_setting, self._cost("radio_off"))

    def set_wifi(self, on: bool) -> bool:
        """Switch Wi-Fi; False when airplane mode forbids it."""
        if not self.store.wifi_toggled(on):
            return False
        self.wifi.radio.want(self.store.should_be_on(), self._cost("radio_off"))
        return True

    def set_data(self, on: bool) -> None:
        """Switch the data of the SIM for data; without one, nothing."""
        if self.data_subscription is None:
            return
        for key in self._data_keys():
            self._settings.put("global", key, "1" if on else "0")
        self._data = on
        self._follow_cell()

    def _data_keys(self) -> list[str]:
        """The settings that follow the switch: of two SIMs, the one of the SIM for data."""
        if self._phone.options.has("dual-sim"):
            return [f"mobile_data{self.data_subscription}"]
        return [key for key in self._settings.list("global") if MOBILE_DATA_KEY.fullmatch(key)]

    @property
    def data_subscription(self) -> int | None:
        """The number of the SIM that is for data, None without a SIM."""
        if self._phone.options.has("no-sim"):
            return None
        chosen = self._settings.get("global", "multi_sim_data_call") or ""
        return int(chosen) if chosen in ("1", "2") else 1

    def set_bluetooth(self, on: bool) -> None:
        """Switch Bluetooth; it plays no part in the phone's networks."""
        self._settings.put("global", "bluetooth_on", BLUETOOTH_ON if on else BLUETOOTH_OFF)
        self.bluetooth = on
        self._changed()

    def set_range(self, transport: Transport, in_range: bool) -> None:
        """Move the phone into or out of reach of its access point or its cell."""
        if transport == "wifi":
            self.wifi.in_range = in_range
            self._follow_wifi()
        else:
            self.cell.in_range = in_range
            self._follow_cell()

    # -- how radios follow -----------------------------------------------------------------
    def _cost(self, name: str) -> float:
        return self._phone.latency.cost(name)

    def _setting_on(self, key: str) -> bool:
        return self._settings.get("global", key) not in (None, "", "0")

    def _airplane_received(self) -> None:
        on = self._mode.up
        self.store.airplane_toggled(on)
        self._bluetooth_follows(on)
        self.wifi.radio.force(self.store.should_be_on())
        self.cell.radio.force(self._cell_may_register(on))
        self._follow_wifi()
        self._follow_cell()
        self._changed()
        if on and self._phone.options.has("wifi-returns"):
            self._phone.spawn(self._wifi_returns())

    def _cell_may_register(self, airplane: bool) -> bool:
        return not airplane and self.data_subscription is not None

    async def _wifi_returns(self) -> None:
        """Some helper of the vendor's (smart Wi-Fi, say) switches it on again."""
        await asyncio.sleep(RETURNS_AFTER_S)
        if self.store.airplane and self.store.value == DISABLED_BY_AIRPLANE:
            self.store.value = ENABLED_IN_AIRPLANE
            self.wifi.radio.want(self.store.should_be_on(), self._cost("radio_off"))

    def _bluetooth_follows(self, airplane: bool) -> None:
        now = self._settings.get("global", "bluetooth_on") or BLUETOOTH_OFF
        if airplane and now == BLUETOOTH_ON:
            self._settings.put("global", "bluetooth_on", BLUETOOTH_ON_AIRPLANE)
            self.bluetooth = False
        elif not airplane and now == BLUETOOTH_ON_AIRPLANE:
            self._settings.put("global", "bluetooth_on", BLUETOOTH_ON)
            self.bluetooth = True

    def _wifi_may_join(self) -> bool:
        return self.wifi.radio.up and self.wifi.in_range

    def _cell_may_connect(self) -> bool:
        return self.cell.radio.up and self.cell.in_range and self._data

    def _wifi_switched(self) -> None:
        self._follow_wifi()
        self._changed()

    def _follow_wifi(self) -> None:
        self._follow(self.wifi.radio.up, self.wifi.link, self._wifi_may_join(), "wifi_reconnect")

    def _follow_cell(self) -> None:
        self._follow(self.cell.radio.up, self.cell.link, self._cell_may_connect(), "cell_reconnect")

    def _follow(self, powered: bool, link: Radio, up: bool, cost: str) -> None:
        if not powered:
            link.force(False)
        else:
            link.want(up, self._cost(cost if up else "radio_off"))

    # -- what it leads to ------------------------------------------------------------------
    def _changed(self) -> None:
        for transport, link in (("wifi", self.wifi.link), ("cell", self.cell.link)):
            self._register(cast(Transport, transport), link.up)
        for listener in list(self._listeners):
            self._tell(listener)
        self._phone.changed()
        if self._networks:
            self._phone.jobs.kick()

    def _register(self, transport: Transport, up: bool) -> None:
        if not up:
            self._networks.pop(transport, None)
        elif transport not in self._networks:
            ssid = self.wifi.ssid if transport == "wifi" else None
            since = self._phone.clock.uptime()
            number = self._next_net_id
            self._next_net_id += 1
            info = NetworkInfo(number, transport, INTERFACES[transport], since, ssid)
            self._networks[transport] = info

    def _tell(self, listener: Callable[[], object]) -> None:
        try:
            listener()
        except Exception as error:
            text = f"{type(error).__name__} in a network callback: {error}"
            self._phone.log.write("E", "ConnectivityService", text)
