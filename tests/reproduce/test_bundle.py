"""Bundles: what goes in comes out, twice is once, and what others made up is refused."""

import json
import math
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hito.cli.bundle import bundle as command
from hito.client.entities import Dataset, DatasetInput, InputTag, LoggedModelOutput, Metric
from hito.connect import Client, connect
from hito.core.artifacts import SafePath
from hito.core.errors import AlreadyExists, HitoError, InvalidArgument, NotFound
from hito.fluent.bundling import UNFINISHED, pack, unpack
from hito.reproduce.bundle import RUNS, Bundle, Point, RunRecord, Writer

RUN_ID = "0123456789abcdef" * 2


def _store(folder: Path) -> tuple[Client, object]:
    uri = f"sqlite:///{folder / '.hito' / 'hito.db'}"
    return Client(uri), connect(uri)


@pytest.fixture
def source(tmp_path):
    client, transport = _store(tmp_path / "source")
    yield client, transport
    transport.close()


@pytest.fixture
def target(tmp_path):
    client, transport = _store(tmp_path / "target")
    yield client, transport
    transport.close()


def _logged(client: Client, tmp_path: Path, *, parent: str | None = None) -> str:
    """A run with everything that a run can have."""
    experiment = client.get_experiment_by_name("bundled")
    experiment_id = experiment.experiment_id if experiment else client.create_experiment("bundled")
    tags = {"team": "vision", **({"mlflow.parentRunId": parent} if parent else {})}
    run_id = client.create_run(experiment_id, 1000, tags, "a run / with: a name").info.run_id
    model = client.create_logged_model(experiment_id, "forest", run_id, {"hito.digest": "x"}, {"depth": 3})
    points = [Metric("loss", 1 / (step + 3), 2000 + step, step) for step in range(1200)]
    points += [
        Metric("odd", value, 5, step) for step, value in enumerate((math.nan, math.inf, -math.inf, -0.0, 5e-324))
    ]
    points.append(Metric("accuracy", 0.9, 7, 0, model.model_id, "rows", "d1"))
    rows = Dataset(name="rows", digest="d1", source_type="local", source="{}", schema="{}", profile='{"n": 3}')
    client.log_inputs(run_id, [DatasetInput(rows, [InputTag("mlflow.data.context", "train")])])
    client.log_batch(run_id, points[:600], synchronous=True)
    client.log_batch(run_id, points[600:], synchronous=True)
    client.log_param(run_id, "depth", 3)
    client.log_text(run_id, "héllo", "notes/a note.txt")
    client.log_text(run_id, "", "empty.txt")
    folder = tmp_path / "model"
    folder.mkdir(exist_ok=True)
    (folder / "MLmodel").write_text("flavors: {}\n")
    client.log_model_artifacts(model.model_id, folder)
    client.finalize_logged_model(model.model_id, "READY")
    client.log_outputs(run_id, [LoggedModelOutput(model.model_id, 4)])
    client.set_terminated(run_id, "FAILED", 9000)
    return run_id


def _described(client: Client, run_id: str) -> dict:
    """All that a run says, without what a store decides."""
    run = client.get_run(run_id)
    plain = run.to_dictionary()
    for name in ("experiment_id", "artifact_uri"):
        plain["info"].pop(name)
    plain["inputs"]["dataset_inputs"].sort(key=str)
    curves = {
        key: sorted((one.step, one.timestamp, repr(one.value)) for one in client.get_metric_history(run_id, key))
        for key in run.data.metrics
    }
    plain["data"].pop("metrics")
    models = {}
    for output in run.outputs.model_outputs:
        model = client.get_logged_model(output.model_id)
        metrics = [(one.key, one.value, one.dataset_name) for one in model.metrics]
        models[output.model_id] = (output.step, model.name, model.status, model.params, model.tags, metrics)
    note = Path(client.download_artifacts(run_id, "notes/a note.txt")).read_text("utf-8")
    return {"run": plain, "curves": curves, "models": models, "note": note}


def test_a_bundle_brings_everything_of_a_run_to_another_store(source, target, tmp_path):
    run_id = _logged(source[0], tmp_path)
    file = pack(*source, [run_id], tmp_path / "run.zip", children=False)
    with Bundle(file) as opened:
        (arrival,) = unpack(*target, opened)
    assert (arrival.run_id, arrival.new, arrival.points) == (run_id, True, 1206)
    assert _described(target[0], run_id) == _described(source[0], run_id)


def test_importing_twice_changes_nothing_and_gives_the_same_bundle_again(source, target, tmp_path):
    run_id = _logged(source[0], tmp_path)
    file = pack(*source, [run_id], tmp_path / "run.zip", children=False)
    for new in (True, False):
        with Bundle(file) as opened:
            (arrival,) = unpack(*target, opened)
        assert arrival.changed is new
    again = pack(*target, [run_id], tmp_path / "again.zip", children=False)
    assert again.read_bytes() == file.read_bytes()


def test_two_bundles_of_a_run_that_went_on_are_one_run(source, target, tmp_path):
    run_id = _logged(source[0], tmp_path)
    first = pack(*source, [run_id], tmp_path / "1.zip", children=False)
    source[0].log_metric(run_id, "loss", 0.5, 9, 5000, synchronous=True)
    source[0].log_text(run_id, "more", "more.txt")
    second = pack(*source, [run_id], tmp_path / "2.zip", children=False)
    for file in (second, first, second):
        with Bundle(file) as opened:
            unpack(*target, opened)
    assert _described(target[0], run_id) == _described(source[0], run_id)


def test_what_was_changed_there_is_left_alone(source, target, tmp_path):
    run_id = _logged(source[0], tmp_path)
    file = pack(*source, [run_id], tmp_path / "run.zip", children=False)
    with Bundle(file) as opened:
        unpack(*target, opened)
        target[0].set_tag(run_id, "team", "speech", synchronous=True)
        unpack(*target, opened)
    assert target[0].get_run(run_id).data.tags["team"] == "speech"


@pytest.mark.parametrize("what", ["param", "file"])
def test_a_conflict_is_told_before_anything_is_written(source, target, tmp_path, what):
    run_id = _logged(source[0], tmp_path)
    file = pack(*source, [run_id], tmp_path / "run.zip", children=False)
    with Bundle(file) as opened:
        unpack(*target, opened)
        if what == "param":
            source[0].log_param(run_id, "width", 1, synchronous=True)
            target[0].log_param(run_id, "width", 2, synchronous=True)
        else:
            source[0].log_text(run_id, "other", "empty.txt")
    source[0].set_tag(run_id, "late", "1", synchronous=True)
    other = pack(*source, [run_id], tmp_path / "other.zip", children=False)
    with (
        Bundle(other) as opened,
        pytest.raises(AlreadyExists, match="width = '2'" if what == "param" else r"empty\.txt"),
    ):
        unpack(*target, opened)
    assert "late" not in target[0].get_run(run_id).data.tags


def test_children_come_along_and_stay_children(source, target, tmp_path):
    parent = _logged(source[0], tmp_path)
    child = _logged(source[0], tmp_path, parent=parent)
    grandchild = _logged(source[0], tmp_path, parent=child)
    file = pack(*source, [parent], tmp_path / "run.zip", children=True)
    with Bundle(file) as opened:
        assert [one.run_id for one in unpack(*target, opened)] == [parent, child, grandchild]
    assert target[0].get_parent_run(grandchild).info.run_id == child


def test_an_import_that_broke_off_is_completed_by_the_next(source, target, tmp_path):
    run_id = _logged(source[0], tmp_path)
    file = pack(*source, [run_id], tmp_path / "run.zip", children=False)

    class Breaks:
        """The target's transport, whose uploads fail."""

        def __getattr__(self, name):
            return getattr(target[1], name)

        def upload(self, *_):
            raise InvalidArgument("disk full")

    with Bundle(file) as opened:
        with pytest.raises(InvalidArgument, match="import the same bundle again"):
            unpack(target[0], Breaks(), opened)
        assert target[0].get_run(run_id).data.tags[UNFINISHED] == "unfinished"
        unpack(*target, opened)
    assert _described(target[0], run_id) == _described(source[0], run_id)


def test_a_run_that_is_deleted_there_is_not_brought_back_behind_its_owners_back(source, target, tmp_path):
    run_id = _logged(source[0], tmp_path)
    file = pack(*source, [run_id], tmp_path / "run.zip", children=False)
    with Bundle(file) as opened:
        unpack(*target, opened)
        target[0].delete_run(run_id)
        with pytest.raises(InvalidArgument, match="restore it"):
            unpack(*target, opened)


def test_a_bundle_is_imported_into_a_server_by_the_command(source, hito_server, tmp_path):
    run_id = _logged(source[0], tmp_path)
    file = tmp_path / "run.zip"
    runner = CliRunner()
    done = runner.invoke(command, ["export", run_id, "-o", str(file), "--tracking-uri", str(source[1].destination)])
    assert done.exit_code == 0, done.output
    shown = runner.invoke(command, ["show", str(file)])
    assert shown.exit_code == 0
    assert "notes/a note.txt" in shown.stdout
    for told in ("new: 1206 points", "nothing changed"):
        done = runner.invoke(command, ["import", str(file), "--tracking-uri", hito_server.url])
        assert done.exit_code == 0, done.output
        assert told in done.stdout
    assert _described(Client(hito_server.url), run_id) == _described(source[0], run_id)


def test_a_bundle_is_readable_by_plain_tools(source, tmp_path):
    run_id = _logged(source[0], tmp_path)
    file = pack(*source, [run_id], tmp_path / "run.zip", children=False)
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(file), str(tmp_path / "x")], check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "checksums.sha256"], cwd=tmp_path / "x", check=True)
    record = json.loads((tmp_path / "x" / "runs" / run_id / "run.json").read_text())
    assert record["params"] == {"depth": "3"}
    assert record["metrics"]["accuracy"] == 0.9


def test_an_unknown_run_leaves_no_file(source, tmp_path):
    with pytest.raises(NotFound):
        pack(*source, ["f" * 32], tmp_path / "run.zip", children=False)
    assert list(tmp_path.glob("*.zip*")) == []


def test_a_file_that_is_there_is_not_overwritten(source, tmp_path):
    run_id = _logged(source[0], tmp_path)
    (tmp_path / "run.zip").write_text("mine")
    with pytest.raises(AlreadyExists):
        pack(*source, [run_id], tmp_path / "run.zip", children=False)
    assert (tmp_path / "run.zip").read_text() == "mine"


# --- what others made ---


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "small.zip"
    with Writer(path, "0") as writer:
        writer.run(
            RunRecord(run_id=RUN_ID, name="r", experiment="e"),
            [Point("a", 1, 2, math.nan), Point('q"\n,', -1, 0, 1e300)],
        )
        writer.file(RUNS, RUN_ID, SafePath.parse("f.txt"), [b"hello ", b"world"])
    return path


def _forged(small: Path, path: Path, change) -> Path:
    """The bundle with other entries, and checksums that fit them."""
    import hashlib

    with zipfile.ZipFile(small) as archive:
        entries = {name: archive.read(name) for name in archive.namelist() if name != "checksums.sha256"}
    change(entries)
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in entries.items())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**entries, "checksums.sha256": sums.encode()}.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name",
    ["../x", "/etc/passwd", "runs/../x", f"runs/{RUN_ID}/artifacts/../../x", f"runs/{RUN_ID}/other", "runs/x/run.json",
     f"runs/{RUN_ID}/artifacts/a\\b", f"runs/{RUN_ID}/artifacts/%2e%2e/x", f"models/{RUN_ID}/artifacts/x", "C:/x"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(small, tmp_path, name):
    path = _forged(small, tmp_path / "x.zip", lambda entries: entries.update({name: b"x"}))
    with pytest.raises(InvalidArgument):
        Bundle(path)


def test_a_link_is_refused(small, tmp_path):
    path = tmp_path / "x.zip"
    shutil.copy(small, path)
    entry = zipfile.ZipInfo(f"runs/{RUN_ID}/artifacts/link")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(InvalidArgument, match="link"):
        Bundle(path)


def test_a_bomb_is_refused_before_it_goes_off(small, tmp_path):
    big = {f"runs/{RUN_ID}/artifacts/bomb": bytes(4 << 20)}
    path = _forged(small, tmp_path / "x.zip", lambda entries: entries.update(big))
    with pytest.raises(InvalidArgument, match="--max-bytes"):
        Bundle(path, max_bytes=1 << 20)
    Bundle(path, max_bytes=8 << 20).__exit__()


def test_a_newer_format_is_told_from_damage(small, tmp_path):
    manifest = b'{"format": 2, "of": "a later hito"}'
    path = _forged(small, tmp_path / "x.zip", lambda entries: entries.update({"hito-bundle.json": manifest}))
    with pytest.raises(InvalidArgument, match="format 2, and this hito reads format 1"):
        Bundle(path)


@pytest.mark.parametrize(
    "manifest",
    [b"[]", b"{}", b'{"format": "1"}', b'{"format": 1, "runs": ["../x"]}', b'{"format": 1, "runs": 3}', b"\xff",
     b'{"format": 1, "runs": ["%s", "%s"]}' % (RUN_ID.encode(), RUN_ID.encode())],
)  # fmt: skip
def test_a_manifest_of_nonsense_is_refused(small, tmp_path, manifest):
    path = _forged(small, tmp_path / "x.zip", lambda entries: entries.update({"hito-bundle.json": manifest}))
    with pytest.raises(InvalidArgument):
        Bundle(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [("run.json", b"{}"), ("run.json", b'{"run_id": "%s"}' % (b"f" * 32)), ("run.json", b"\x00"), ("curves.csv", b"key\n"),
     ("curves.csv", b"key,step,timestamp,value,model_id,dataset_name,dataset_digest\na,b,c,d,,,\n"),
     ("curves.csv", b'key,step,timestamp,value,model_id,dataset_name,dataset_digest\n"a')],
)  # fmt: skip
def test_a_record_of_nonsense_is_refused_before_anything_is_written(small, target, tmp_path, name, content):
    path = _forged(small, tmp_path / "x.zip", lambda entries: entries.update({f"runs/{RUN_ID}/{name}": content}))
    with Bundle(path) as opened, pytest.raises(InvalidArgument):
        unpack(*target, opened)
    assert target[0].get_experiment_by_name("e") is None


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_a_damaged_bundle_is_read_as_it_was_or_refused(small, tmp_path, data):
    whole = bytearray(small.read_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "damaged.zip"
    path.write_bytes(whole[: data.draw(st.sampled_from([len(whole), place]))])
    try:
        with Bundle(path) as opened:
            opened.verify()
            found = (
                [repr(one) for one in opened.points(RUN_ID)],
                b"".join(opened.content(RUNS, RUN_ID, SafePath.parse("f.txt"))),
            )
    except HitoError:
        return
    with Bundle(small) as opened:
        assert found == ([repr(one) for one in opened.points(RUN_ID)], b"hello world")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.builds(
            Point,
            key=st.text(max_size=20).filter(str.isprintable),
            step=st.integers(-(2**63), 2**63 - 1),
            timestamp=st.integers(0, 2**63 - 1),
            value=st.floats(),
        )
    )
)
def test_points_come_out_as_they_went_in(tmp_path, points):
    path = tmp_path / "points.zip"
    path.unlink(missing_ok=True)
    with Writer(path, "0") as writer:
        writer.run(RunRecord(run_id=RUN_ID, name="r", experiment="e"), points)
    with Bundle(path) as opened:
        assert [repr(one) for one in opened.points(RUN_ID)] == [repr(one) for one in points]
