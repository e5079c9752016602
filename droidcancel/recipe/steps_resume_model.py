"""The steps that see to it that an upload stays cancelled, as records."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, Field, WithJsonSchema

from droidcancel.apps.document import Frozen
from droidcancel.recipe.steps_base import Args
from droidcancel.recipe.values import Duration

Turn = Literal["network", "reboot", "restart"]
#: in the order in which they are taken
TURNS: tuple[Turn, ...] = get_args(Turn)


def _turns(value: Any) -> Any:
    """``network+restart`` as its parts, in their order. ValueError for anything else."""
    given = value.replace("+", " ").split() if isinstance(value, str) else value
    if not isinstance(given, list | tuple) or not given or not set(given) <= set(TURNS):
        raise ValueError(f"expected {', '.join(TURNS)}, or several of them joined by +")
    return tuple(turn for turn in TURNS if turn in given)


Turns = Annotated[
    tuple[Turn, ...],
    BeforeValidator(_turns),
    WithJsonSchema({"type": "string", "examples": ["network+restart", "reboot"]}),
]


class Watch(Args):
    """Let the upload come back if it will, then prove what came of it, as `verify` does.

    `after`: the network is given back to the app as it is (network), the phone is restarted
    (reboot), the app is stopped and started (restart); each is watched for `seconds`, else for
    watch_resume_s of devices.yaml.
    """

    shorthand: ClassVar[str | None] = "after"
    after: Turns = ("network", "restart")
    seconds: Duration | None = None


class Remember(Args):
    """Where no baseline was made: note what the app keeps of profile and drafts, to compare with.

    For an app that is offline, so that what is to be found out about is not yet in it.
    """


class ClearLeft(Args):
    """Delete the draft that the app made of this run's own upload; look for a pending cell."""


class CheckProgress(Args):
    """Watch the upload to its end: is what the app shows of it true?

    The progress must go with the bytes, a failure must not be live, and one tap on Retry must
    leave one copy. `retries`: how often to tap it.
    """

    retries: int = Field(default=1, ge=0, le=10)


class ResumeSteps(Frozen):
    """The kinds of steps above, each as the key of an entry."""

    watch: Watch | None = None
    remember: Remember | None = None
    clear_left: ClearLeft | None = None
    check_progress: CheckProgress | None = None
