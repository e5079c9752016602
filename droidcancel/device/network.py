"""Airplane mode, Wi-Fi and mobile data: probe, set, read back, and wait for the effect.

A command's silence and its exit status 0 prove nothing here: each change is read back, and
"offline" means that the phone has no default network. Airplane mode is asynchronous, and on
Android 13 and later Wi-Fi may stay on in it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

from droidcancel.device.acts import Acts
from droidcancel.device.known import Known
from droidcancel.device.network_ways import Ways, denied, not_there, switch_words
from droidcancel.device.parse import (
    first_line,
    mobile_data_enabled,
    parse_default_network,
    parse_settings_list,
    parse_switch,
    parse_transports,
)
from droidcancel.device.poll import must_poll, poll, until
from droidcancel.device.shell import Command, Script, ShellChannel, spell
from droidcancel.device.types import Capability, Change, NetworkState
from droidcancel.device.ways import AIRPLANE_PAGE, AIRPLANE_TILE
from droidcancel.errors import (
    DeviceError,
    LinkAtRisk,
    NotEffective,
    ParseError,
    Unsupported,
)

What = Literal["airplane", "wifi", "data", "network-off"]
# CTS waits 10 s for the airplane broadcast, 30 s for a network to go, 60 s for Wi-Fi and 120 s
# for mobile data to come (CONN tests/cts/net ConnectivityManagerTest)
FLAG_TIMEOUT_S: Final = 10.0
OFFLINE_TIMEOUT_S: Final = 30.0
ONLINE_TIMEOUT_S: Final = 120.0
WIFI_TIMEOUT_S: Final = 20.0
# The airplane command writes the setting before it returns: what is not written now never is.
REFUSED_AFTER_S: Final = 3.0
# As soon do the switches of Wi-Fi and mobile data show it, though their networks go later.
SWITCHED_AFTER_S: Final = 8.0
_SILENT: Final = {
    "wifi": "airplane mode, a device owner or the vendor's build forbids it",
    "data": "there is no SIM for data, or this build's command does nothing",
}
_REFUSED_HINT = "something on the phone refuses it (device owner, kiosk); look at the phone"
_BY_HAND = (AIRPLANE_PAGE, AIRPLANE_TILE)
_GLOBALS = Script(
    "settings list global | grep -E"
    " '^(airplane_mode_on|airplane_mode_radios|wifi_on|mobile_data[0-9]*|multi_sim_data_call|"
    "bluetooth_on|apm_enhancement_enabled)='"
)
_DEFAULT_NETWORK = Script("dumpsys connectivity | grep 'Active default network:'")
#: what is waited for on the phone itself, as shell conditions
_OFFLINE: Final = "dumpsys connectivity | grep -q 'Active default network: none'"
_ONLINE: Final = "dumpsys connectivity | grep -q 'Active default network: [0-9]'"
_WIFI_DECIDED: Final = '[ "$(settings get global wifi_on)" != 1 ]'
_WIFI_RETURNED: Final = '[ "$(settings get global wifi_on)" = 1 ]'
#: so many looks of the phone itself before the host is told how it stands, and rests between them
_LOOKS, _REST_S, _LOOKS_TIMEOUT_S = 12, 0.1, 60.0


class Network:
    """The network of one phone.

    ``rides_on_wifi`` says that adb itself comes over the phone's network: airplane mode and
    Wi-Fi off are then refused, unless ``allow_link_loss`` was set by somebody who arranged for
    the phone to come back by itself.
    """

    def __init__(
        self,
        shell: ShellChannel,
        api: int,
        *,
        rides_on_wifi: bool = False,
        known: Known | None = None,
    ) -> None:
        self._shell = shell
        self.ways = Ways(shell, api, known)
        self.acts = Acts()
        self.rides_on_wifi = rides_on_wifi
        self.allow_link_loss = False
        self.airplane_page: Callable[[bool], str] | None = None
        self._tapped = AIRPLANE_PAGE

    # -- reading

    def state(self) -> NetworkState:
        """The network as the phone tells it, in one round trip."""
        return self.state_and({})[0]

    def state_and(self, more: Mapping[str, Command]) -> tuple[NetworkState, dict[str, str]]:
        """The network, and in the same round trip what other commands print, by name."""
        texts = self._shell.batch(
            {
                "globals": _GLOBALS,
                "wifi": self.ways.wifi_query(),
                "active": _DEFAULT_NETWORK,
                **more,
            }
        )
        return self._state_of(texts), {name: texts[name] for name in more}

    def _state_of(self, texts: Mapping[str, str]) -> NetworkState:
        values = parse_settings_list(texts["globals"])
        wifi = self.ways.read_wifi(texts["wifi"], values.get("wifi_on", ""))
        return NetworkState(
            airplane=_airplane_of(values, texts["globals"]),
            wifi_enabled=wifi.enabled,
            wifi_connected=wifi.connected,
            data_enabled=mobile_data_enabled(values),
            active=self._told(parse_default_network(texts["active"])),
            raw=values,
        )

    def _on_phone(self, condition: str) -> None:
        """Have the phone look until a condition of its shell holds, or for a second or two.

        Nothing is proven by it: what comes of it is read as ever, in fewer round trips.
        """
        looks = f"n=0; until {condition} || [ $n -ge {_LOOKS} ]; do n=$((n+1)); sleep {_REST_S}"
        self._shell.run(Script(f"{looks}; done"), _LOOKS_TIMEOUT_S, repeatable=True)

    def _looked_for(self, condition: str, online: bool) -> bool:
        """Whether the phone is on- or offline: now, or after the phone has looked for it."""
        if (self.default_network() is not None) == online:
            return True
        self._on_phone(condition)
        return (self.default_network() is not None) == online

    def default_network(self) -> str | None:
        """The id of the default network, None when the phone is offline."""
        return self._told(parse_default_network(self._shell.text(_DEFAULT_NETWORK)))

    def _told(self, active: str | None) -> str | None:
        self.acts.tell("online", online=active is not None)
        return active

    def transport(self) -> str | None:
        """What the default network rides on (``WIFI``, ``CELLULAR``...), None where untold."""
        active = self.default_network()
        if active is None:
            return None
        return parse_transports(self._shell.text(["dumpsys", "connectivity"]), active)

    # -- what can be done

    def can(self, what: What) -> Capability:
        """Whether and how this phone can do it, without doing it."""
        if self.rides_on_wifi and not self.allow_link_loss and what != "data":
            return Capability(False, why_not=_link_reason(what))
        return _CAPABILITIES[what](self)

    def can_airplane(self) -> Capability:
        """By command, as root, or by hand: on the Settings page, else on its quick tile."""
        way = self.ways.airplane()
        if way.ok or self.airplane_page is None:
            return way
        return Capability(True, self._tapped)

    def can_wifi(self) -> Capability:
        """By `cmd wifi` or `svc wifi`."""
        return self.ways.wifi()

    def can_data(self) -> Capability:
        """By `cmd phone data` or `svc data`."""
        return self.ways.data()

    def can_offline(self) -> Capability:
        """Wi-Fi and mobile data, both."""
        wifi, data = self.can_wifi(), self.can_data()
        if wifi.ok and data.ok:
            return Capability(True, f"{data.way}; {wifi.way}")
        return Capability(False, why_not=wifi.why_not or data.why_not)

    # -- the commands, for arming

    def command(self, what: What, on: bool) -> Command:
        """The command that switches it, for `ShellChannel.arm`.

        For ``network-off``, ``on`` means that the network is cut. Mobile data goes first: Wi-Fi
        off alone would only make the upload fail over to the mobile network.
        """
        self._allow(what, on if what in ("airplane", "network-off") else not on)
        if what == "network-off":
            parts = [self.ways.data_command(not on), self.ways.wifi_command(not on)]
            return Script("; ".join(spell(part) for part in parts))
        return _COMMANDS[what](self.ways, on, None)

    # -- changing

    def set_airplane(
        self,
        on: bool,
        timeout: float = WIFI_TIMEOUT_S,
        *,
        way: str | None = None,
        before: NetworkState | None = None,
    ) -> Change:
        """Switch airplane mode, read it back, and see to Wi-Fi that would survive it.

        A command that is refused is passed over for the next way, at last for the switch that is
        tapped by hand; ``way`` asks for one alone. ``before``: the state, where it has just been
        read. The radios follow later: `wait_offline` proves the cut. Raises NotEffective,
        Unsupported, UiError, LinkAtRisk.
        """
        self._allow("airplane", on)
        before, started = before or self.state(), time.monotonic()
        used = self._send_airplane(on, before, way)
        return self.follow_airplane(on, before, started, timeout, used)

    def _send_airplane(self, on: bool, before: NetworkState, only: str | None) -> str:
        """Send it by the first way that is not refused; returns the way."""
        refusal = ""
        while only not in _BY_HAND and (found := self.ways.airplane(only)).ok:
            said = self._shell.run(self.ways.airplane_command(on, only)).everything
            if not denied(said) and not not_there(said):
                return found.way
            refusal = f"{found.way} was refused by this phone ({_denial(said)})"
            self.ways.refuse(found.way, refusal)
        if self.airplane_page is None or only not in (None, *_BY_HAND):
            why = self.ways.airplane(only).why_not
            raise Unsupported(why, "switch it by hand, or use `force-stop`")
        if before.airplane == on:
            return self._tapped
        return self._tap_airplane(on, refusal)

    def _tap_airplane(self, on: bool, refusal: str) -> str:
        """By hand; where a command was refused before, a failure is told of both."""
        assert self.airplane_page is not None  # the callers looked
        try:
            self._tapped = self.airplane_page(on)
        except DeviceError as error:
            if not refusal:
                raise
            failed = f"airplane mode did not go {switch_words(on)}"
            raise NotEffective(f"{failed}: {refusal}; {error.message}", _REFUSED_HINT) from error
        return self._tapped

    def follow_airplane(
        self,
        on: bool,
        before: NetworkState,
        started: float,
        timeout: float = WIFI_TIMEOUT_S,
        way: str | None = None,
    ) -> Change:
        """Read airplane mode back after its command was sent at ``started`` (monotonic).

        ``way``: the one that was sent, where it is known. A command that has changed nothing in
        a few seconds was refused in silence: the switch is tapped by hand then, and from now on.
        """

        def switched() -> NetworkState | None:
            return state if (state := self.state()).airplane == on else None

        used = way or self.can_airplane().way
        now = poll(switched, REFUSED_AFTER_S)
        if now is None:
            self.ways.known.forget("airplane")
            if self.airplane_page is not None and used not in _BY_HAND:
                refusal = f"{used} was refused by this phone"
                self.ways.refuse(used, refusal)
                used = self._tap_airplane(on, refusal)
            failed = f"airplane mode did not go {switch_words(on)}"
            now = must_poll(switched, FLAG_TIMEOUT_S, failed, _REFUSED_HINT)
        notes, after = self._cut_surviving_wifi(timeout) if on else ((), now)
        return Change("airplane", before, after, used, time.monotonic() - started, notes)

    @contextmanager
    def _forgotten_if_idle(self, thing: str) -> Iterator[None]:
        """What was known of a way is forgotten when the way had no effect."""
        try:
            yield
        except NotEffective:
            self.ways.known.forget(thing)
            raise

    def _cut_surviving_wifi(self, timeout: float) -> tuple[tuple[str, ...], NetworkState]:
        """In airplane mode Wi-Fi must go too; where the phone keeps it, it is switched off.

        ``wifi_on`` is 3 when airplane mode took Wi-Fi down, 2 when Wi-Fi is meant to stay
        (WIFI WifiSettingsStore, Android 13 and later).
        """
        self._on_phone(f"{_WIFI_DECIDED} || {_OFFLINE}")
        settled = poll(self._wifi_settled, timeout)
        if settled is not None and not (settled.wifi_enabled and settled.online):
            return (), settled
        self._shell.run(self.ways.wifi_command(False))
        after = must_poll(
            lambda: None if (state := self.state()).wifi_enabled else state,
            timeout,
            "Wi-Fi stayed on in airplane mode and could not be switched off",
            "switch Wi-Fi off by hand, or turn off Connected devices > Wi-Fi in airplane mode",
        )
        return ("Wi-Fi would have stayed on in airplane mode; it was switched off as well",), after

    def _wifi_settled(self) -> NetworkState | None:
        """The state once Wi-Fi is off, or the phone offline, or it is plain that Wi-Fi stays."""
        state = self.state()
        radios = state.raw.get("airplane_mode_radios", "wifi").split(",")
        stays = state.raw.get("wifi_on") == "2" or "wifi" not in radios
        return state if stays or not (state.wifi_enabled and state.online) else None

    def set_wifi(
        self, on: bool, timeout: float = WIFI_TIMEOUT_S, *, way: str | None = None
    ) -> Change:
        """Switch Wi-Fi and read it back; connecting comes later, see `wait_online`."""
        self._allow("wifi", not on)
        if on and self.state().airplane:
            raise NotEffective(
                "Wi-Fi is not switched on in airplane mode: the phone would keep it on in every "
                "later airplane mode",
                "switch airplane mode off first",
            )
        return self._switch("wifi", on, timeout, way)

    def set_data(
        self, on: bool, timeout: float = FLAG_TIMEOUT_S, *, way: str | None = None
    ) -> Change:
        """Switch mobile data and read it back. A phone without a SIM does not follow."""
        return self._switch("data", on, timeout, way)

    def _switch(
        self, what: Literal["wifi", "data"], on: bool, timeout: float, only: str | None
    ) -> Change:
        ability = self.ways.chosen(what, only)
        if not ability.ok:
            raise Unsupported(ability.why_not)
        before, started = self.state(), time.monotonic()
        output = self._shell.run(_COMMANDS[what](self.ways, on, only))
        said = f": {output.everything}" if output.everything else ""
        with self._forgotten_if_idle(what):
            must_poll(
                until(lambda: _READ[what](self.state()) == on),
                timeout,
                f"{what} did not go {switch_words(on)}{said}",
                f"{ability.way} said that it worked, or nothing: {_SILENT[what]}",
            )
        return Change(what, before, self.state(), ability.way, time.monotonic() - started)

    def cut(self, timeout: float = OFFLINE_TIMEOUT_S) -> Change:
        """Mobile data and Wi-Fi off, until there is no default network."""
        command = self.command("network-off", True)
        before, started = self.state(), time.monotonic()
        self._shell.run(command)
        self.follow_cut(timeout)
        way = self.can_offline().way
        return Change("network-off", before, self.state(), way, time.monotonic() - started)

    def follow_cut(self, timeout: float = OFFLINE_TIMEOUT_S) -> None:
        """Wait for the effect of `network-off`; a switch that did not move is told early."""
        if poll(until(lambda: self.default_network() is None), SWITCHED_AFTER_S):
            return
        state = self.state()
        switches: tuple[tuple[Literal["wifi", "data"], bool | None], ...] = (
            ("wifi", state.wifi_enabled),
            ("data", state.data_enabled),
        )
        stuck = [what for what, on in switches if on]
        if not stuck:
            self.wait_offline(timeout)
            return
        for what in stuck:
            self.ways.known.forget(what)
        raise NotEffective(
            f"{' and '.join(stuck)} did not go off ({self.can_offline().way}): the phone "
            f"still has a default network ({self.transport() or 'unknown'})",
            "; ".join(_SILENT[what] for what in stuck),
        )

    def put_back(self, before: NetworkState, timeout: float = WIFI_TIMEOUT_S) -> Change:
        """Bring the switches back to ``before``: airplane first, then data, Wi-Fi last.

        A step that fails does not keep the later ones from being tried; the first failure is
        raised at the end.
        """
        now, started = self.state(), time.monotonic()
        start, failures = now, list[DeviceError]()
        for step in (self._airplane_back, self._data_back, self._wifi_back):
            try:
                now = step(now, before, timeout)
            except DeviceError as error:
                failures.append(error)
                now = self.state()
        if failures:
            raise failures[0]
        return Change("network", start, now, "", time.monotonic() - started)

    def _airplane_back(
        self, now: NetworkState, before: NetworkState, timeout: float
    ) -> NetworkState:
        if now.airplane == before.airplane:
            return now
        after = _state_after(self.set_airplane(before.airplane, timeout, before=now))
        return after if before.airplane else self._let_wifi_return(after, before, timeout)

    def _data_back(self, now: NetworkState, before: NetworkState, timeout: float) -> NetworkState:
        if before.data_enabled is None or now.data_enabled == before.data_enabled:
            return now
        return _state_after(self.set_data(before.data_enabled, timeout))

    def _wifi_back(self, now: NetworkState, before: NetworkState, timeout: float) -> NetworkState:
        if before.airplane or now.wifi_enabled == before.wifi_enabled:
            return now
        return _state_after(self.set_wifi(before.wifi_enabled, timeout))

    def _let_wifi_return(
        self, now: NetworkState, before: NetworkState, timeout: float
    ) -> NetworkState:
        """Airplane mode gives Wi-Fi back by itself; only where it does not is it switched."""
        if not before.wifi_enabled or now.raw.get("wifi_on") not in ("1", "2", "3"):
            return now
        self._on_phone(_WIFI_RETURNED)
        back = poll(
            lambda: state if (state := self.state()).wifi_enabled else None, min(timeout, 5.0)
        )
        return back or self.state()

    # -- waiting for the effect

    def wait_offline(self, timeout: float = OFFLINE_TIMEOUT_S) -> float:
        """Wait until there is no default network; returns the seconds it took."""
        started = time.monotonic()

        if poll(until(lambda: self._looked_for(_OFFLINE, False)), timeout) is None:
            raise NotEffective(
                f"the phone still has a default network ({self.transport() or 'unknown'}) "
                f"after {timeout:g} s",
                "a network that these switches do not touch: Ethernet, a tether, a VPN, or "
                "Wi-Fi that stays on in airplane mode",
            )
        return time.monotonic() - started

    def wait_online(self, timeout: float = ONLINE_TIMEOUT_S) -> float:
        """Wait until there is a default network; returns the seconds it took."""
        started = time.monotonic()

        must_poll(
            until(lambda: self._looked_for(_ONLINE, True)),
            timeout,
            "the phone did not come back online",
            "look at the phone: airplane mode, Wi-Fi, SIM",
        )
        return time.monotonic() - started

    def _allow(self, what: What, cuts: bool) -> None:
        if cuts and self.rides_on_wifi and not self.allow_link_loss and what != "data":
            raise LinkAtRisk(
                _link_reason(what),
                "use the method `app-network` or `force-stop`, or connect the phone by USB",
            )


def _state_after(change: Change) -> NetworkState:
    assert isinstance(change.after, NetworkState)  # as each change of the network has it
    return change.after


def _denial(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if denied(line)), first_line(text))


def _airplane_of(values: dict[str, str], text: str) -> bool:
    """The setting; where others are listed and it is not, it was never set, which means off."""
    if not values:
        raise ParseError("the global settings", first_line(text))
    return parse_switch(values.get("airplane_mode_on", "0"), "the airplane mode")


def _link_reason(what: What) -> str:
    return (
        f"adb reaches this phone over its own network: {what} would cut droidcancel off, and "
        "wireless debugging would stay off for good"
    )


_CAPABILITIES: dict[What, Callable[[Network], Capability]] = {
    "airplane": Network.can_airplane,
    "wifi": Network.can_wifi,
    "data": Network.can_data,
    "network-off": Network.can_offline,
}
_COMMANDS: dict[What, Callable[[Ways, bool, str | None], Command]] = {
    "airplane": Ways.airplane_command,
    "wifi": Ways.wifi_command,
    "data": Ways.data_command,
}
_READ: dict[str, Callable[[NetworkState], bool | None]] = {
    "wifi": lambda state: state.wifi_enabled,
    "data": lambda state: state.data_enabled,
}
