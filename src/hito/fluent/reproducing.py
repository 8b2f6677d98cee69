"""`hito reproduce`: rebuild what a run was made of, run it again apart from everything, compare, and keep the new run.

    past ──> checkout ──> environment ──> data ──> replay in a sandbox ──> counterpart ──> verdict ──> child of the original

The program logs to a server of its own. Of what it logs there, the counterpart of the run that was asked for is copied
to where the original is, as its child; nothing else leaves the sandbox.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, structs

from hito.client.client import TransportClient
from hito.connect import Client
from hito.core.errors import HitoError, InvalidArgument, NotFound
from hito.flavors.trust import Trust
from hito.fluent import projects
from hito.fluent.local_server import serving
from hito.fluent.past_runs import PastRuns, predictions
from hito.reproduce import compare, environments, replay, verdict
from hito.reproduce.checkout import lay_out
from hito.reproduce.environments import Wanted
from hito.reproduce.files import sha256
from hito.reproduce.packages import normal
from hito.reproduce.past import Call, DataFile, Past, pins
from hito.reproduce.replay import Program
from hito.reproduce.verdict import DIFFERS, UNKNOWN, Tolerance, Verdict

REPRODUCES, REPRODUCED_BY = "hito.reproduces", "hito.reproduced_by"
"""Tags that link a new run to its original, and back; the latter names the newest."""
_PAGE = 1000


class Wishes(Struct, frozen=True, kw_only=True):
    """How to reproduce; see the options of `hito reproduce`, which are these."""

    tolerance: Tolerance = Tolerance()
    ignore: tuple[str, ...] = ()
    moved: Mapping[str, str] = {}
    changed_data: bool = False
    repository: str | None = None
    packages: Mapping[str, str] = {}
    env_manager: str = "uv"
    offline: bool = False
    wheelhouse: Path | None = None
    allow_urls: bool = False
    trust_pickle: bool | None = None
    fill: tuple[str, ...] = ()
    replaced: Mapping[str, str] = {}
    keep: bool = True
    log: bool = True


def reproduce(
    client: Client, run_id: str, wishes: Wishes, say: Callable[[str], None], out: Callable[[bytes], None]
) -> Verdict:
    """Run a run again and compare.

    Args:
        say: is told what is being done, a line at a time.
        out: is given the program's output as it comes.
    Returns: the verdict; `could not run` with the reason when the program could not be had or did not end well.
    Raises: NotFound: there is no such run.
    """
    reader = PastRuns(client)
    try:
        past = reader.past(run_id)
    except OSError as error:
        return Verdict(run_id, UNKNOWN, reason=f"the run cannot be read: {error.strerror or error}")
    with tempfile.TemporaryDirectory(prefix="hito-reproduce-") as place:
        try:
            return _reproduced(client, reader, past, wishes, Path(place), say, out)
        except HitoError as error:
            return Verdict(run_id, UNKNOWN, reason=str(error))
        except OSError as error:
            return Verdict(run_id, UNKNOWN, reason=f"{error.strerror or error}: {error.filename or place}")


def _reproduced(
    client: Client, reader: PastRuns, past: Past, wishes: Wishes, place: Path, say: Callable[[str], None],
    out: Callable[[bytes], None],
) -> Verdict:  # fmt: skip
    say(f"run {past.name} ({past.run_id}) of experiment {past.experiment}")
    archive = b""
    if "hito/source.zip" in past.artifacts:
        archive = reader.fetch(past.run_id, "hito/source.zip", place / "files").read_bytes()
    checkout = lay_out(past, archive, place / "source", repository=wishes.repository)
    say(
        f"source: {f'commit {past.commit[:12]}' if past.commit else 'the files of the run'}{', patched' if past.patch else ''}"
    )
    data, missing = replay.find_data(past, wishes.moved, lambda name: _artifact(reader, past, name, place))
    missing = [one for one in missing if not _in_checkout(one, checkout.was, checkout.root)]
    if missing:
        names = ", ".join(one.path for one in missing)
        raise NotFound(f"data of the run is nowhere to be found: {names}; say where it is by --data OLD=NEW")
    changed = [one for one in data if one.changed]
    if changed and not wishes.changed_data:
        lines = [f"{one.now}: sha256 was {one.was.sha256[:16]}…, is {sha256(one.now)[:16]}…" for one in changed]
        raise InvalidArgument(
            "data changed since the run, so it was not run again; give the old file by --data OLD=NEW, or run with the "
            "new one by --changed-data\n  " + "\n  ".join(lines)
        )
    say(
        f"data: {len(data)} files, {'some changed' if changed else 'all as they were'}"
        if data
        else "data: no files known"
    )
    environment = _environment(past, wishes, say)
    with serving(place / "server" / ".hito") as server:
        program = replay.prepare(
            past, checkout, environment, data, server=server, fill=wishes.fill, replaced=wishes.replaced
        )
        sandbox = PastRuns(Client(server))
        begun = ""
        if program.project is not None:
            program, begun = _as_project(sandbox.client, past, program.project, program, environment, server)
        say(f"running {' '.join([Path(program.command[0]).name, *program.command[1:]])}")
        began = time.monotonic()
        code = replay.run(program, out)
        say(f"it ended after {time.monotonic() - began:.1f} s with exit code {code}")
        if code:
            raise InvalidArgument(f"the program ended with exit code {code}; its output stands above")
        new = sandbox.past(begun) if begun else _counterpart(sandbox, past)
        as_then = _as_then(new, program)
        difference = compare.difference(past, as_then)
        found = verdict.verdict(
            past, as_then, difference, reader, sandbox, tolerance=wishes.tolerance, scratch=place / "copies",
            predictions=predictions(Trust.given(wishes.trust_pickle)), ignore=wishes.ignore,
        )  # fmt: skip
        if changed and found.answer == DIFFERS:
            named = tuple(f"data: {one.was.path} has other content" for one in changed)
            found = structs.replace(found, candidates=(*named, *found.candidates))
        if not wishes.log:
            return structs.replace(found, new_run_id="")
        kept = _keep(client, past, new, sandbox, found, place / "kept")
        return structs.replace(found, new_run_id=kept)


def _as_project(
    client: TransportClient, past: Past, call: Call, program: Program, environment: Path, server: str
) -> tuple[Program, str]:
    """Begin the run that a project's program logs to, as `hito run` did; the program, and the run's id."""
    begun = client.create_run(None, experiment_name=past.experiment, run_name=past.name).info.run_id
    projects.log_params(client, begun, call.named, call.others)
    projects.capture(client, begun, program.folder, call, environment)
    client.flush(begun)
    return structs.replace(program, variables=program.variables | projects.variables_of(server, begun, client)), begun


def _as_then(new: Past, program: Program) -> Past:
    """The new run, with places named as they were: where a file lies is no difference."""
    command = [program.then(one) for one in new.command]
    environment = {**new.environment, "command": command} if command else new.environment
    params = {key: program.then(value) for key, value in new.params.items()}
    return structs.replace(new, params=params, environment=environment)


def _artifact(reader: PastRuns, past: Past, name: str, place: Path) -> Path | None:
    path = next((one for one in past.artifacts if one.rpartition("/")[2] == name), None)
    return None if path is None else reader.fetch(past.run_id, path, place / "files")


def _in_checkout(file: DataFile, was: str, root: Path) -> bool:
    relative = os.path.relpath(file.path, was) if was else ".."
    return not relative.startswith("..") and (root / relative).is_file()


def _environment(past: Past, wishes: Wishes, say: Callable[[str], None]) -> Path:
    if wishes.env_manager == "local":
        say("environment: this one, as asked")
        return replay.own_environment()
    if not past.requirements.strip():
        raise InvalidArgument("the run recorded no requirements; run it in this environment by --env-manager local")
    versions = past.distributions
    uses_ours = any(name.lower() == "hito" for name in versions)
    wanted = Wanted(
        python=past.python, requirements=past.requirements, versions=versions, instead=wishes.packages, ours=uses_ours
    )
    return environments.build(
        wanted, environments.cache_folder(), offline=wishes.offline, wheelhouse=wishes.wheelhouse,
        allow_urls=wishes.allow_urls, say=lambda text: say(f"environment: {text}"),
    )  # fmt: skip


def _counterpart(sandbox: PastRuns, past: Past) -> Past:
    """Of the runs that the program began now, the one that stands where the old one stood.

    Its place among the program's runs decides, if it was recorded; else its name; else that it is the only one.
    Raises: NotFound.
    """
    experiments = [one.experiment_id for one in sandbox.client.search_experiments()]
    found = (
        sandbox.client.search_runs(experiments, max_results=_PAGE, order_by=["start_time ASC"]) if experiments else []
    )
    if not found:
        raise NotFound("the program ran, but logged no run")
    pasts = [sandbox.past(one.info.run_id) for one in found]
    if past.ordinal is not None:
        same = [one for one in pasts if one.ordinal == past.ordinal]
        named = [one for one in same if one.name == past.name]
        if len(named) == 1 or len(same) == 1:
            return (named if len(named) == 1 else same)[0]
    named = [one for one in pasts if one.name == past.name and one.experiment == past.experiment]
    if named:
        return named[0]
    if len(pasts) == 1:
        return pasts[0]
    raise NotFound(
        f"the program began {len(pasts)} runs, and none of them can be told to be the counterpart of {past.name}: "
        f"{', '.join(one.name for one in pasts)}"
    )


def _keep(client: Client, old: Past, new: Past, sandbox: PastRuns, found: Verdict, place: Path) -> str:
    """Copy the new run to where the old one is, as its child; its id there."""
    experiment = client.get_run(old.run_id).info.experiment_id
    tags = {
        key: value
        for key, value in new.tags.items()
        if not key.startswith("mlflow.log-model") and key not in ("mlflow.runName", "mlflow.parentRunId")
    }
    tags |= {"mlflow.parentRunId": old.run_id, REPRODUCES: old.run_id, "hito.reproduce.verdict": found.answer}
    run = client.create_run(experiment, new.start_time, tags, f"{old.name} again")
    run_id = run.info.run_id
    for key, value in new.params.items():
        client.log_param(run_id, key, value)
    for key in new.metrics:
        for point in sandbox.client.get_metric_history(new.run_id, key):
            client.log_metric(run_id, key, point.value, point.timestamp, point.step)
    if new.artifacts:
        client.log_artifacts(run_id, sandbox.fetch(new.run_id, "", place / "artifacts"))
    for name, model_id in new.models.items():
        client.log_artifacts(run_id, sandbox.fetch_model(model_id, place / "models"), name)
    client.log_dict(run_id, verdict.to_json(found), "hito/verdict.json")
    client.set_terminated(run_id, "FINISHED", new.end_time)
    client.set_tag(old.run_id, REPRODUCED_BY, run_id)
    client.flush(run_id)
    shutil.rmtree(place, ignore_errors=True)
    return run_id


def bisect(
    client: Client, run_id: str, other: Mapping[str, str], wishes: Wishes, say: Callable[[str], None],
    out: Callable[[bytes], None],
) -> list[tuple[str, str, Verdict]]:  # fmt: skip
    """Which package makes the difference: the run again, each time with one package in the version of another environment.

    Args:
        other: name → version of the other environment.
    Returns: (package, version, verdict) for every package in which the two differ and that the run had imported.
    """
    past = PastRuns(client).past(run_id)
    held = {normal(name) for name in pins(past.requirements)}
    before = {normal(name): version for name, version in past.distributions.items()}
    after = {normal(name): version for name, version in other.items()}
    tried = []
    for name in sorted(held & {*after}):
        if after[name] == before.get(name) or name == "hito":
            continue
        say(f"trying {name} {after[name]} in place of {before.get(name)}")
        quiet = structs.replace(wishes, packages={**wishes.packages, name: after[name]}, log=False)
        tried.append((name, after[name], reproduce(client, run_id, quiet, say, out)))
    return tried


def versions_of(client: Client, named: str) -> Mapping[str, str]:
    """The packages of a run, or of this environment for the word `current`."""
    if named == "current":
        from hito.reproduce.packages import installed

        return installed()
    return PastRuns(client).past(named).distributions


def wanted_tolerance(texts: Sequence[str]) -> Tolerance:
    """`1e-6` for all metrics, `loss=1e-3` for one, or for those that fit a pattern.

    Raises: InvalidArgument: no number, or a negative one.
    """
    relative, named = verdict.RELATIVE, {}
    for text in texts:
        name, equals, value = text.rpartition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if not number >= 0:
            raise InvalidArgument(f"{text!r} is no tolerance; write a share such as 1e-6, or loss=1e-3")
        if equals:
            named[name] = number
        else:
            relative = number
    return Tolerance(relative, named)
