"""Which cancel method a run takes: the one asked for, else the recipe's first that is possible."""

from __future__ import annotations

from droidcancel.errors import Unsupported
from droidcancel.recipe.run import Run


def settle_on_method(run: Run) -> None:
    """Probe what the recipe would cancel with, by reading only, and keep what is possible.

    A method that the caller asked for has no fallback. Unsupported, with each reason, where
    nothing is possible on this phone with this app.
    """
    others = () if run.options.method is not None else run.recipe.fallback
    first, refused = run.method_name, []
    for name in (first, *others):
        run.method_name = name
        capability = run.method.probe(run.context)
        if capability.ok:
            break
        refused.append(f"{name} is not possible here: {capability.why_not}")
    else:
        run.method_name = first
        raise Unsupported("; ".join(refused), "see `droidcancel doctor` for what is")
    for reason in refused:
        run.trouble("cancel", f"{reason}; {run.method_name} is taken instead")
