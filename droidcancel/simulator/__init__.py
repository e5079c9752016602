"""The virtual phone: it speaks the adb device protocol, so that real clients drive it.

    from droidcancel.simulator import PhoneOptions, Simulator

    with Simulator(PhoneOptions(api=34)) as sim:
        print(sim.serial)

Nothing here imports the rest of droidcancel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from droidcancel.simulator.options import PhoneOptions

if TYPE_CHECKING:
    from droidcancel.simulator.host import Simulator

__all__ = ["PhoneOptions", "Simulator"]


def __getattr__(name: str) -> Any:
    if name == "Simulator":
        from droidcancel.simulator.host import Simulator

        return Simulator
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
