"""Who may use the network: Data Saver, metered networks, uid policies, the firewall chain.

NetworkPolicyManagerService restricts *background* uids on *metered* networks only; the OEM
deny chain 3 (`cmd connectivity set-chain3-enabled`) drops every packet of a denied app id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from droidcancel.simulator.processes import PROCESS_STATE_BOUND_FOREGROUND_SERVICE

if TYPE_CHECKING:
    from droidcancel.simulator.connectivity import NetworkInfo
    from droidcancel.simulator.phone import Phone

# Uid policies (android.net.NetworkPolicyManager).
POLICY_REJECT_METERED_BACKGROUND = 1
POLICY_ALLOW_METERED_BACKGROUND = 4

FIRST_APP_ID = 10000
PER_USER_RANGE = 100_000
CHAIN3_CLOSES_SOCKETS_SINCE = 34


def app_id(uid: int) -> int:
    """The app's number, the same for every user of the phone."""
    return uid % PER_USER_RANGE


class NetPolicy:
    """The rules in force; `on_change` callbacks hear of every change."""

    def __init__(self, phone: Phone) -> None:
        self._phone = phone
        self._listeners: list[Callable[[], object]] = []
        self._socket_closers: list[Callable[[Callable[[int], bool]], object]] = []
        self.restrict_background = False
        self.metered_wifi: dict[str, bool] = {}
        self.uid_policies: dict[int, int] = {}
        self.chain3_enabled = False
        self.denied_app_ids: set[int] = set()

    def reset(self) -> None:
        """A reboot: the firewall is empty again, policies are kept (netpolicy.xml)."""
        self.chain3_enabled = False
        self.denied_app_ids.clear()
        self._notify()

    def on_change(self, listener: Callable[[], object]) -> None:
        self._listeners.append(listener)

    def on_close_sockets(self, closer: Callable[[Callable[[int], bool]], object]) -> None:
        """Register what closes live sockets: `closer(matches)` with a test of the uid."""
        self._socket_closers.append(closer)

    def _notify(self) -> None:
        for listener in list(self._listeners):
            listener()

    # -- Data Saver and metered networks ---------------------------------------------------
    def set_restrict_background(self, on: bool) -> None:
        """Switch Data Saver."""
        self.restrict_background = on
        self._notify()

    def set_uid_policy(self, uid: int, policy: int) -> None:
        """Overwrite the policy of a uid; 0 removes it."""
        self.uid_policies.pop(uid, None)
        if policy:
            self.uid_policies[uid] = policy
        self._notify()

    def uids(self, policy: int) -> list[int]:
        """The uids with that policy, sorted."""
        return sorted(uid for uid, value in self.uid_policies.items() if value & policy)

    def set_metered(self, ssid: str, metered: bool | None) -> None:
        """Override whether a Wi-Fi network is metered; None leaves it to the network."""
        self.metered_wifi.pop(ssid, None)
        if metered is not None:
            self.metered_wifi[ssid] = metered
        self._notify()

    def metered(self, transport: str, ssid: str | None) -> bool:
        """Whether a network is metered."""
        return transport == "cell" or self.metered_wifi.get(ssid or "", False)

    def foreground(self, uid: int) -> bool:
        """Whether the rules see the uid as in the foreground; so is one that has no process."""
        processes = self._phone.processes
        if not processes.by_uid(uid):
            return True
        return processes.importance(uid) <= PROCESS_STATE_BOUND_FOREGROUND_SERVICE

    def restricted(self, uid: int, metered: bool) -> bool:
        """Whether Data Saver or a uid policy rejects the traffic of `uid`."""
        if not metered or uid < FIRST_APP_ID or self.foreground(uid):
            return False
        policy = self.uid_policies.get(uid, 0)
        if policy & POLICY_REJECT_METERED_BACKGROUND:
            return True
        return self.restrict_background and not policy & POLICY_ALLOW_METERED_BACKGROUND

    # -- the firewall chain ----------------------------------------------------------------
    def set_package_networking(self, uid: int, enabled: bool) -> None:
        """Deny or allow an app; live sockets are left open, their packets are dropped."""
        if enabled:
            self.denied_app_ids.discard(app_id(uid))
        else:
            self.denied_app_ids.add(app_id(uid))
        self._notify()

    def set_chain3(self, enabled: bool) -> None:
        """Switch the chain; from Android 14 on, enabling it closes the sockets of denied apps."""
        self.chain3_enabled = enabled
        if enabled and self._phone.options.api >= CHAIN3_CLOSES_SOCKETS_SINCE:
            for close in list(self._socket_closers):
                close(self.denied)
        self._notify()

    def denied(self, uid: int) -> bool:
        """Whether the firewall drops the packets of `uid`."""
        return self.chain3_enabled and app_id(uid) in self.denied_app_ids

    # -- both ------------------------------------------------------------------------------
    def blocked(self, uid: int, network: NetworkInfo) -> bool:
        """Whether the packets of `uid` do not pass on that network now."""
        if self.denied(uid):
            return True
        return self.restricted(uid, self.metered(network.transport, network.ssid))
