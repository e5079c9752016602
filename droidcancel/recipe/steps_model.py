"""The steps of a recipe, as records: one class a kind, each with its shorthand.

The classes of the guards and of the phone's own pages stand in :mod:`steps_guard_model`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, GetJsonSchemaHandler, PrivateAttr, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from droidcancel.apps.schema import Texts
from droidcancel.recipe.steps_base import (
    Args,
    Direction,
    ElementName,
    ElementNames,
    Key,
    Refers,
    ScreenNames,
    States,
)
from droidcancel.recipe.steps_delete_model import (
    DeleteDraft,
    DeletePost,
    LookFor,
    Observe,
    SaveDraft,
)
from droidcancel.recipe.steps_guard_model import GuardSteps
from droidcancel.recipe.steps_resume_model import ResumeSteps
from droidcancel.recipe.values import Duration


class Target(Args):
    """What to touch: an `element` of the profile, a visible `text`, or a point `at` fractions."""

    shorthand: ClassVar[str | None] = "element"
    element: ElementName | None = None
    text: str | None = None
    at: tuple[float, float] | None = None

    @model_validator(mode="after")
    def _one(self) -> Target:
        if sum(v is not None for v in (self.element, self.text, self.at)) != 1:
            raise ValueError("expected exactly one of element, text, at")
        return self


class Condition(Args):
    """What must be true; everything given must hold.

    `visible`: all of these elements; `gone`: none of them; `screen`: one of these; `text`: seen
    anywhere in the app; `upload`: the state shown; `online`: whether the phone has a network;
    `given`: a text that is not empty, as a variable that the user set.
    """

    shorthand: ClassVar[str | None] = "visible"
    visible: ElementNames = ()
    gone: ElementNames = ()
    screen: ScreenNames = ()
    text: str | None = None
    upload: States = ()
    online: bool | None = None
    given: str | int | float | bool | None = None

    @model_validator(mode="after")
    def _something(self) -> Condition:
        given = (self.visible, self.gone, self.screen, self.text, self.upload)
        if not any(given) and self.online is None and self.given is None:
            raise ValueError("expected one of visible, gone, screen, text, upload, online, given")
        return self


class Launch(Args):
    """Open the app and wait until it shows a known screen. `screen`: go on to that one."""

    shorthand: ClassVar[str | None] = "screen"
    screen: Annotated[str, Refers("screens")] | None = None


class Relaunch(Args):
    """Start the app again; `cold`: after a force-stop."""

    shorthand: ClassVar[str | None] = "cold"
    cold: bool = True


class StopApp(Args):
    """Force-stop the app."""


class Baseline(Args):
    """Look at the profile and the drafts before the upload, to compare with afterwards.

    `cached`: take what the app keeps of them while it is offline, and read the newest captions.
    """

    cached: bool = False


class ShareVideo(Args):
    """Push a video to the phone and share it to the app, which opens its editor."""

    shorthand: ClassVar[str | None] = "file"
    file: str


class PickVideo(Args):
    """Push a video to the phone and choose it in the app's gallery."""

    shorthand: ClassVar[str | None] = "file"
    file: str


class Caption(Args):
    """Go to the post page and write the caption; the run's token is added to it."""

    shorthand: ClassVar[str | None] = "text"
    text: str = ""


class Visibility(Args):
    """Who may see the post."""

    shorthand: ClassVar[str | None] = "who"
    who: Literal["everyone", "friends", "only_me"]


class Post(Args):
    """Tap Post: the upload begins."""


class WaitForMoment(Args):
    """Watch the upload until the moment to cancel."""


class Cancel(Args):
    """Cancel in the way of the recipe's method, and read it back."""


class Verify(Args):
    """Give the network back, start the app, keep watch for the quiet period, then look.

    `stop_first`: force-stop the app before the network comes back. `quiet`: seconds, else the
    device's setting.
    """

    stop_first: bool = False
    quiet: Duration | None = None


class Screenshot(Args):
    """Keep a picture of the screen under this name."""

    shorthand: ClassVar[str | None] = "name"
    name: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")


class Tap(Target):
    """Tap once it is there."""


class LongPress(Target):
    """Press and hold."""

    seconds: Duration = 1.0


class Type(Args):
    """Type text, into an element or into what has the focus."""

    shorthand: ClassVar[str | None] = "text"
    text: str
    into: ElementName | None = None


class Swipe(Args):
    """Swipe across the middle of the screen, or of an element; `distance` is a share of it."""

    shorthand: ClassVar[str | None] = "direction"
    direction: Direction
    inside: ElementName | None = None
    distance: float = Field(default=0.6, gt=0, le=0.9)


class ScrollUntil(Args):
    """Swipe until an element is there; stops when the screen no longer changes."""

    shorthand: ClassVar[str | None] = "visible"
    visible: ElementName
    direction: Direction = "up"
    inside: ElementName | None = None
    most: int = Field(default=20, ge=1, le=200)


class WaitFor(Condition):
    """Wait until it is true."""


class Assert(Condition):
    """Fail unless it is true now."""


class Press(Args):
    """Press a key of the phone."""

    shorthand: ClassVar[str | None] = "key"
    key: Key


class When(Condition):
    """Run `steps` if it is true now, `otherwise` if not."""

    steps: tuple[StepEntry, ...] = ()
    otherwise: tuple[StepEntry, ...] = ()

    @property
    def decided(self) -> tuple[StepEntry, ...] | None:
        """The steps that will run, where only `given` decides; None where the phone does."""
        if self.given is None or self.model_fields_set - {"given", "steps", "otherwise"}:
            return None
        return self.steps if str(self.given).strip() else self.otherwise


class Repeat(Args):
    """Run `steps` so many `times`, or `until` something is true (at most `times`)."""

    times: int = Field(default=20, ge=1, le=1000)
    until: Condition | None = None
    steps: tuple[StepEntry, ...] = Field(min_length=1)


class RunRecipe(Args):
    """Run the steps of another recipe, with its variables."""

    shorthand: ClassVar[str | None] = "recipe"
    recipe: str
    vars: dict[str, str | int | float | bool] = Field(default_factory=dict)
    _steps: tuple[StepEntry, ...] = PrivateAttr(default=())

    @property
    def steps(self) -> tuple[StepEntry, ...]:
        """The other recipe's steps, once loaded."""
        return self._steps

    def loaded(self, steps: tuple[StepEntry, ...]) -> None:
        """Take in the other recipe's steps."""
        self._steps = steps


class StepEntry(GuardSteps, ResumeSteps):
    """One step: exactly one kind, how long and how often to try, whether it may fail."""

    launch: Launch | None = None
    relaunch: Relaunch | None = None
    stop_app: StopApp | None = None
    baseline: Baseline | None = None
    share_video: ShareVideo | None = None
    pick_video: PickVideo | None = None
    caption: Caption | None = None
    visibility: Visibility | None = None
    post: Post | None = None
    wait_for_moment: WaitForMoment | None = None
    cancel: Cancel | None = None
    verify: Verify | None = None
    screenshot: Screenshot | None = None
    tap: Tap | None = None
    long_press: LongPress | None = None
    type: Type | None = None
    swipe: Swipe | None = None
    scroll_until: ScrollUntil | None = None
    wait_for: WaitFor | None = None
    assert_: Assert | None = Field(default=None, alias="assert")
    press: Press | None = None
    when: When | None = None
    repeat: Repeat | None = None
    run_recipe: RunRecipe | None = None
    save_draft: SaveDraft | None = None
    delete_draft: DeleteDraft | None = None
    delete_post: DeletePost | None = None
    look_for: LookFor | None = None
    observe: Observe | None = None

    timeout: Duration | None = Field(default=None, gt=0)
    retry: int = Field(default=0, ge=0, le=20)
    optional: bool = False
    label: Texts = Field(default_factory=dict)
    _kind: str = PrivateAttr(default="")
    _place: str = PrivateAttr(default="")

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: Any) -> Any:
        """``- post`` is ``- post: {}``; a key with nothing after it too."""
        if isinstance(value, str):
            return {value: {}}
        if isinstance(value, dict):
            return {k: {} if v is None and k in KINDS else v for k, v in value.items()}
        return value

    @model_validator(mode="after")
    def _one_kind(self) -> StepEntry:
        given = [kind for kind, name in KINDS.items() if getattr(self, name) is not None]
        if len(given) != 1:
            what = f"got {', '.join(given)}" if given else "got none"
            raise ValueError(f"expected exactly one kind of step, {what}; kinds: {KIND_NAMES}")
        self._kind = given[0]
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """A mapping with one kind, or the name of a kind that takes nothing."""
        written = handler.resolve_ref_schema(handler(core))
        return {"anyOf": [{**written}, {"enum": list(KINDS)}]}

    @property
    def kind(self) -> str:
        """The kind of step, as written in a recipe."""
        return self._kind

    @property
    def place(self) -> str:
        """Where it stands: file:line:column."""
        return self._place

    def stands_at(self, place: str) -> None:
        """Take in where it stands."""
        self._place = place

    @property
    def args(self) -> Args:
        """What the step takes."""
        args: Args = getattr(self, KINDS[self._kind])
        return args


_MODIFIERS = {"timeout", "retry", "optional", "label"}
#: kinds of steps as written -> the field that holds them
KINDS: dict[str, str] = {
    field.alias or name: name
    for name, field in StepEntry.model_fields.items()
    if name not in _MODIFIERS
}
KIND_NAMES = ", ".join(KINDS)

for _model in (When, Repeat, RunRecipe, StepEntry):
    _model.model_rebuild()
