"""Cutting one app off the network, without root, with the firewall chain of Android 13 and later.

The order is the point: a package is denied first, the chain is enabled afterwards, since only
the enabling closes the sockets that are open (CONN closeSocketsForFirewallChainLocked, Android
14 and later); a rule set on an enabled chain merely drops packets. The rules are gone after a
reboot. They cover the app's own uid: an upload by DownloadManager or Play services goes on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cached_property

from droidcancel.device.acts import Acts
from droidcancel.device.known import Known
from droidcancel.device.parse import first_line, parse_chain, parse_package_networking
from droidcancel.device.shell import Command, Script, ShellChannel, quoted
from droidcancel.device.types import Capability, Change
from droidcancel.device.ways import CHAIN
from droidcancel.errors import NotEffective, ParseError, Unsupported

_CMD = ("cmd", "connectivity")
FIRST_APP_UID = 10000


def _deny(package: str, allowed: bool) -> list[str]:
    word = "true" if allowed else "false"
    return [*_CMD, "set-package-networking-enabled", word, package]


def _chain(enabled: bool) -> list[str]:
    return [*_CMD, "set-chain3-enabled", "true" if enabled else "false"]


class AppNetwork:
    """The network of single apps on one phone."""

    def __init__(self, shell: ShellChannel, api: int, known: Known | None = None) -> None:
        self._shell = shell
        self._api = api
        self._findings = known or Known()
        self.acts = Acts()
        #: what one call of the switch takes on this phone: the least of those that were timed
        self.call_seconds = float("inf")

    @cached_property
    def _known(self) -> Capability:
        """Asked of the help text, since updates bring it to older Androids."""
        if self._findings.says("app network", CHAIN):
            return Capability(True, CHAIN)
        text = self._shell.run(Script("cmd connectivity help"), repeatable=True).everything
        if "set-chain3-enabled" not in text:
            return Capability(False, why_not="this Android has no per-app network switch for adb")
        answer = self._shell.text([*_CMD, "get-chain3-enabled"])
        try:
            parse_chain(answer)
        except ParseError:
            return Capability(False, why_not=f"the switch is refused here: {first_line(answer)}")
        return Capability(True, CHAIN)

    def can(self, uid: int | None = None) -> Capability:
        """Whether an app can be cut off; ``uid`` tells system apps, for which it is refused."""
        if uid is not None and uid % 100000 < FIRST_APP_UID:
            return Capability(False, why_not="Android refuses it for system apps")
        return self._known

    def chain_enabled(self) -> bool:
        """Whether the firewall chain is in force."""
        output = self._shell.run([*_CMD, "get-chain3-enabled"], repeatable=True)
        self.call_seconds = min(self.call_seconds, output.seconds)
        return parse_chain(output.text)

    def allowed(self, package: str) -> bool:
        """The rule of a package; it counts only while the chain is enabled."""
        text = self._shell.text([*_CMD, "get-package-networking-enabled", package])
        return parse_package_networking(text, package)

    def blocked(self, package: str) -> bool:
        """Whether the package is cut off: denied, and the chain in force."""
        return self.told(package, self._shell.batch(self.queries(package)))

    def queries(self, package: str) -> dict[str, Command]:
        """What `told` must be given the answers to, by name."""
        rule = [*_CMD, "get-package-networking-enabled", package]
        return {"rule": rule, "chain": [*_CMD, "get-chain3-enabled"]}

    def told(self, package: str, answers: Mapping[str, str]) -> bool:
        """As `blocked`, by answers that came with others."""
        allowed = parse_package_networking(answers["rule"], package)
        cut = not allowed and parse_chain(answers["chain"])
        self.acts.tell("blocked", package=package, blocked=cut)
        return cut

    def block_command(self, package: str) -> Command:
        """What cuts the package off, for arming: deny, then enable the chain anew."""
        self._must_be_known()
        steps = [_deny(package, False), _chain(True)]
        if self.chain_enabled():
            steps.insert(1, _chain(False))  # only the change to enabled closes sockets
        return Script(" && ".join(quoted(step) for step in steps))

    def set(self, package: str, allowed: bool, *, keep_chain: bool = False) -> Change:
        """Cut a package off or let it back, and read it back.

        Letting back disables the chain too, unless ``keep_chain``. Raises Unsupported,
        NotEffective.
        """
        self._must_be_known()
        before, started = self.blocked(package), time.monotonic()
        if allowed:
            said = self._shell.run(_deny(package, True)).everything
            if not keep_chain:
                said += self._shell.run(_chain(False)).everything
        else:
            said = self._shell.run(self.block_command(package)).everything
        return self.follow(package, allowed, before, started, said)

    def follow(
        self, package: str, allowed: bool, before: bool, started: float, said: str = ""
    ) -> Change:
        """Read the rule back after its command was sent at ``started`` (monotonic)."""
        after = self.blocked(package)
        if after == allowed:
            self._findings.forget("app network")
            wanted = "let back onto" if allowed else "cut off"
            raise NotEffective(f"{package} was not {wanted} the network: {first_line(said)}")
        notes = () if self._api >= 34 else ("sockets that are open stay open, without packets",)
        seconds = time.monotonic() - started
        return Change("app-network", before, after, CHAIN, seconds, () if allowed else notes)

    def _must_be_known(self) -> None:
        if not self._known.ok:
            raise Unsupported(self._known.why_not, "use `airplane` or `force-stop`")
