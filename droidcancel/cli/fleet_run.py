"""`droidcancel fleet run`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from droidcancel.cli import deletes, keeping, runs
from droidcancel.cli.fleet_options import address, scheduler_option, tls_options
from droidcancel.cli.fleet_progress import FleetProgress
from droidcancel.cli.keeping import history_option
from droidcancel.cli.options import err, json_option, out, print_json
from droidcancel.errors import UsageError

if TYPE_CHECKING:
    from droidcancel.fleet.board import Board, Tracked
    from droidcancel.fleet.cluster import Cluster
    from droidcancel.fleet.coordinator import Rules
    from droidcancel.fleet.facts import PhoneFacts
    from droidcancel.fleet.host import Tls
    from droidcancel.fleet.jobs import Job
    from droidcancel.recipe.load import LoadedRecipe

INFRASTRUCTURE = 3
INTERRUPTED = 130


@click.command(name="run")
@click.argument("recipes", nargs=-1, metavar="[RECIPE...]")
@scheduler_option
@click.option("--on", metavar="CONDITIONS", help="Which phones: api>=33,kind=usb,model=Pixel*.")
@click.option(
    "--shard", is_flag=True,
    help="Share the recipes out among the phones; without it each phone runs all of them.",
)  # fmt: skip
@click.option("--app", metavar="PROFILE", help="The app profile, where the recipe names none.")
@click.option("--package", metavar="PACKAGE", help="Which build of the app.")
@click.option("--at", metavar="MOMENT", help="When to cancel, as for `droidcancel run`.")
@click.option("--method", metavar="METHOD", help="How to cancel, in place of the recipe's way.")
@click.option("-e", "pairs", multiple=True, metavar="NAME=VALUE", help="A variable of the recipe.")
@click.option("--repeat", type=click.IntRange(1, 10_000), default=1, show_default=True)
@click.option(
    "--report", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    default=Path("reports/fleet"), show_default=True,
)  # fmt: skip
@click.option("--resume", is_flag=True, help="Go on with the run that DIR holds.")
@click.option(
    "--give-up", type=click.IntRange(1), default=3, show_default=True,
    help="So many failures in a row, and a phone is put aside.",
)  # fmt: skip
@click.option(
    "--lost-after", type=click.FloatRange(0), default=120.0, show_default=True, metavar="SECONDS",
    help="How long a host that is gone is waited for.",
)  # fmt: skip
@click.option(
    "--wait", type=click.FloatRange(0), default=60.0, show_default=True, metavar="SECONDS",
    help="How long to wait for a phone, or for the scheduler.",
)  # fmt: skip
@click.option(
    "--yes", is_flag=True, help="Use protected phones; delete, and answer, without asking."
)
@tls_options
@history_option
@json_option
@click.pass_context
def command(
    ctx: click.Context, recipes: tuple[str, ...], scheduler: str, on: str | None, shard: bool,
    app: str | None, package: str | None, at: str | None, method: str | None,
    pairs: tuple[str, ...], repeat: int, report: Path, resume: bool, give_up: int,
    lost_after: float, wait: float, yes: bool, tls: Tls, as_json: bool,
) -> None:  # fmt: skip
    """Run recipes on many phones, each job once.

    RECIPE is a name, the path of a YAML file, or a folder of them. A job is one recipe on one
    phone. What a killed worker, host or scheduler had finished is kept; what it had begun is not
    done twice. DIR keeps how the run stands, and `--resume` goes on with it.
    """
    from droidcancel.fleet.board import Board
    from droidcancel.fleet.cluster import Cluster
    from droidcancel.fleet.coordinator import Coordinator, Rules
    from droidcancel.fleet.facts import parse_on

    parse_on(on)
    if resume and recipes:
        raise UsageError("--resume goes on with what DIR holds", "leave out the recipes")
    board = Board.resume(report) if resume else None
    made = [] if resume else _jobs(recipes, _values(app, package, at, method, pairs, yes), repeat)
    meant = board.on if board is not None and on is None else on
    rules = Rules(
        on=parse_on(meant), yes=yes, give_up=give_up, lost_after=lost_after, wait=wait
    )  # fmt: skip
    with closing(Cluster(address(scheduler, tls), tls, wait)) as cluster:
        if board is None:
            board = Board.begin(report, _spread(made, shard, cluster, rules), on)
        for tracked in board.jobs.values():
            if tracked.done and tracked.run is not None:
                keeping.keep(tracked.run)
        with FleetProgress(board) as progress:
            coordinator = Coordinator(
                board, cluster, rules, lambda done: _heard(done, progress, as_json)
            )
            progress.follow(coordinator)
            try:
                coordinator.run()
            except KeyboardInterrupt:
                _left_running(board)
                ctx.exit(INTERRUPTED)
    ctx.exit(_finish(board, coordinator.aside, as_json))


def _values(
    app: str | None, package: str | None, at: str | None, method: str | None,
    pairs: Sequence[str], yes: bool,
) -> dict[str, Any]:  # fmt: skip
    """What all jobs have in common. Raises UsageError."""
    from droidcancel.cancel import METHODS

    if method is not None and method not in METHODS:
        raise UsageError(f"no cancel method {method!r}", f"methods: {', '.join(METHODS)}")
    runs.parse_moment(at)
    values = runs.parse_values(pairs)
    return {"app": app, "package": package, "moment": at, "method": method, "values": values,
            "yes": yes}  # fmt: skip


def _jobs(recipes: Sequence[str], common: dict[str, Any], repeat: int) -> list[Job]:
    """A job for each recipe and repetition. Raises UsageError, ConfigError."""
    from droidcancel.fleet.jobs import Job, files_of, is_destructive, new_run_id
    from droidcancel.fleet.jobs import deletes as count_deletes
    from droidcancel.recipe.load import load_recipe
    from droidcancel.recipe.model import posts

    if not recipes:
        raise UsageError("say which recipes to run", "names, files or folders; or --resume")
    loaded = [load_recipe(path, common["values"]) for name in recipes for path in _paths(name)]
    runs.refuse_fragments(loaded)
    deletes.ask(loaded, common["yes"])
    for each in loaded:
        _complete(each)
    fleet = new_run_id()
    return [
        Job(
            run_id=new_run_id(), fleet=fleet, number=number, recipe=each.recipe.name,
            files=files_of(each), destructive=is_destructive(each), posts=posts(each),
            deletes=count_deletes(each),
            **common,
        )
        for number, each in enumerate(list(loaded) * repeat, 1)
    ]  # fmt: skip


def _paths(name: str) -> list[str]:
    """The recipes that a name means: itself, or those of a folder that are not parts of others."""
    folder = Path(name)
    if not folder.is_dir():
        return [name]
    from droidcancel.recipe.load import load_recipe

    found = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    whole = [str(path) for path in found if not load_recipe(path).recipe.fragment]
    if not whole:
        raise UsageError(f"{folder} holds no recipe")
    return whole


def _complete(loaded: LoadedRecipe) -> None:
    """Variables without a value are told now; a video is made where none is named."""
    from dataclasses import replace

    left = tuple(name for name in loaded.missing if name != "video")
    replace(loaded, missing=left).check_complete()


def _spread(jobs: list[Job], shard: bool, cluster: Cluster, rules: Rules) -> list[Job]:
    """With --shard any phone may take a job; without, each phone gets each of them."""
    if shard:
        return jobs
    from dataclasses import replace

    from droidcancel.fleet.jobs import new_run_id

    phones = _await_phones(cluster, rules)
    made = [replace(job, phone=phone.id, run_id=new_run_id()) for job in jobs for phone in phones]
    return [replace(job, number=number) for number, job in enumerate(made, 1)]


def _await_phones(cluster: Cluster, rules: Rules) -> list[PhoneFacts]:
    """The phones that are meant, once there are some. Raises UsageError."""
    from droidcancel.device import poll
    from droidcancel.fleet.facts import chosen

    offered: list[PhoneFacts] = []

    def meant() -> list[PhoneFacts] | None:
        offered[:] = [facts for facts, _ in cluster.phones().values()]
        return [p for p in chosen(offered, rules.on) if rules.yes or not p.protected] or None

    phones = poll(meant, rules.wait)
    if phones is None:
        listed = ", ".join(phone.id for phone in offered) or "none"
        raise UsageError("no phone that is offered is meant", f"offered: {listed}; see --on")
    return phones


def _heard(tracked: Tracked, progress: FleetProgress, as_json: bool) -> None:
    """A job has come to its end."""
    assert tracked.run is not None
    keeping.keep(tracked.run)
    progress.done(tracked)
    if as_json:
        print_json(tracked.run)


def _left_running(board: Board) -> None:
    count = sum(tracked.state in ("running", "doubt") for tracked in board.jobs.values())
    err().print(
        f"interrupted; {count} runs go on at their hosts, and --resume takes them up",
        soft_wrap=True,
    )


def _finish(board: Board, aside: dict[str, str], as_json: bool) -> int:
    """The summary, and the exit code of the whole."""
    from droidcancel.history.rows import exit_code_of

    ended = [tracked.run for tracked in board.jobs.values() if tracked.run is not None]
    left = [tracked for tracked in board.jobs.values() if not tracked.done]
    for phone, why in aside.items():
        err().print(f"put aside: {phone}: {why}", markup=False, soft_wrap=True)
    if left:
        err().print(
            f"{len(left)} jobs were not run: every phone that may run them is gone, put "
            f"aside, or at its max_posts or max_deletes; `--resume --report "
            f"{board.folder}` goes on",
            markup=False, soft_wrap=True,
        )  # fmt: skip
    if not as_json:
        counts: dict[str, int] = {}
        for run in ended:
            counts[run["verdict"]] = counts.get(run["verdict"], 0) + 1
        told = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items()))
        lost = sum(tracked.state == "lost" for tracked in board.jobs.values())
        out().print(f"{len(ended)} of {len(board.jobs)} jobs: {told or 'none'}; {lost} lost")
    codes = [exit_code_of(run) for run in ended] + [INFRASTRUCTURE] * bool(left)
    return max(codes, key=runs.GRAVITY.index, default=0)
