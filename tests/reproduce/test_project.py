"""MLproject files: what is asked for is what is run, and nothing that a value can add to it."""

import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hito.core.errors import HitoError, InvalidArgument, NotFound
from hito.reproduce.environments import checked
from hito.reproduce.project import FILE, EntryPoint, Parameter, command, read, resolved, source_of


def project(folder: Path, text: str, **files: str):
    (folder / FILE).write_text(text)
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_text(content)
    return read(folder)


def test_defaults_given_values_and_further_ones_make_the_command(tmp_path):
    found = project(
        tmp_path,
        "entry_points:\n  main:\n    parameters:\n      alpha: {type: float, default: 0.5}\n      name: string\n"
        '    command: "python train.py --alpha {alpha} {name}"\n',
    )
    point = found.entry_point("main")
    named, others = resolved(point, {"name": "a b; rm -rf ~", "depth": "3", "fast": None}, tmp_path, tmp_path)
    assert command(point, named, others) == "python train.py --alpha 0.5 'a b; rm -rf ~' --depth 3 --fast"
    with pytest.raises(InvalidArgument, match="needs name: -P name=VALUE"):
        resolved(point, {}, tmp_path, tmp_path)


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=4), st.text())
def test_whatever_a_value_holds_the_shell_sees_one_word(others, value):
    point = EntryPoint("main", "run {x}", {"x": Parameter()})
    line = command(point, {"x": value}, {name: text for name, text in others.items() if name != "x"})
    expected = ["run", value]
    for name, text in others.items():
        expected += [f"--{name}", text] if name != "x" else []
    assert shlex.split(line) == expected


def test_a_path_becomes_absolute_and_must_be_there(tmp_path):
    (tmp_path / "x.csv").touch()
    (tmp_path / "elsewhere").mkdir()
    point = EntryPoint("main", "run {data}", {"data": Parameter("path"), "at": Parameter("uri", "s3://a/b")})
    named, _ = resolved(point, {"data": "x.csv"}, tmp_path, tmp_path / "elsewhere")
    assert named == {"data": str(tmp_path / "x.csv"), "at": "s3://a/b"}
    for wrong in ({"data": "y.csv"}, {"data": "s3://a/x.csv"}, {"data": "x.csv", "at": "nothing"}):
        with pytest.raises(InvalidArgument, match="parameter"):
            resolved(point, wrong, tmp_path, tmp_path)


def test_a_program_of_the_project_is_an_entry_point_and_one_outside_of_it_is_not(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "my train.py").touch()
    (tmp_path / "evil.py").touch()
    found = read(folder)
    assert found.entry_point("my train.py").command == "python 'my train.py'"
    for name in ("../evil.py", "gone.py", "main"):
        with pytest.raises(NotFound, match="no entry point"):
            found.entry_point(name)


def test_environments_of_both_kinds_are_read(tmp_path):
    found = project(
        tmp_path,
        "python_env: python_env.yaml\n",
        python_env__yaml="python: '3.11'\nbuild_dependencies: [pip]\ndependencies: [-r more.txt, numpy]\n",
        more__txt="scipy>=1 # why\n-r even.txt\n",
        even__txt="pandas==2.2 \\\n  --hash=sha256:" + "0" * 64 + "\n",
    )
    assert tuple(" ".join(one.split()) for one in found.environment.requirements) == (
        "pip", "scipy>=1", f"pandas==2.2 --hash=sha256:{'0' * 64}", "numpy",
    )  # fmt: skip
    found = project(
        tmp_path,
        "conda_env: conda.yaml\n",
        conda__yaml="dependencies: [conda-forge::python=3.10.*, gcc=12, pip, {pip: [mlflow]}]\n",
    )
    assert found.environment.python == "3.10"
    assert (found.environment.requirements, found.environment.left_out) == (("mlflow",), ("gcc=12",))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("docker_env: {image: x}", "Docker"),
        ("entry_points: [a]", "mapping"),
        ("entry_points: {main: {}}", "no command"),
        ("entry_points: {main: {command: x, parameters: {a: int}}}", "no type of"),
        ("python_env: ../env.yaml", "not in it"),
        ("a: [", "no YAML"),
        ("- a", "mapping"),
        ("!!python/object/apply:os.system [id]", "no YAML"),
    ],
)
def test_what_is_malformed_or_leads_elsewhere_is_told(tmp_path, text, says):
    (tmp_path / "env.yaml").touch()
    (tmp_path / "project").mkdir()
    with pytest.raises(InvalidArgument, match=says):
        project(tmp_path / "project", text)


def test_requirement_files_that_name_each_other_or_lie_outside_are_refused(tmp_path):
    (tmp_path / "r.txt").write_text("numpy\n")
    inside = tmp_path / "p"
    inside.mkdir()
    for line, says in (("-r r.txt", "without end"), ("-r ../r.txt", "not in it")):
        with pytest.raises(InvalidArgument, match=says):
            project(inside, "python_env: e.yaml", e__yaml=f"dependencies: ['{line}']", r__txt="-r r.txt\n")


@given(st.text(max_size=200))
def test_any_file_is_a_project_or_refused(text):
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        (Path(place) / FILE).write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            read(Path(place))
        except HitoError:
            pass


@pytest.mark.parametrize(
    ("text", "place", "revision", "below"),
    [
        ("https://h/a.git", "https://h/a.git", "", ""),
        ("https://h/a.git@v1.0", "https://h/a.git", "v1.0", ""),
        ("https://user@h/a.git", "https://user@h/a.git", "", ""),
        ("git@h:o/a.git", "git@h:o/a.git", "", ""),
        ("git@h:o/a.git@main", "git@h:o/a.git", "main", ""),
        ("file:///srv/a#models/forest@0123abc", "file:///srv/a", "0123abc", "models/forest"),
        ("./folder@here", "./folder@here", "", ""),
    ],
)
def test_addresses_are_taken_apart(text, place, revision, below):
    found = source_of(text)
    assert (found.place, found.revision, found.below) == (place, revision, below)


@pytest.mark.parametrize("text", ["https://h/a@--upload-pack=x", "file:///a#../b", "file:///a@a..b"])
def test_revisions_and_folders_that_lead_elsewhere_are_refused(text):
    with pytest.raises(InvalidArgument):
        source_of(text)


def test_a_projects_requirements_may_be_ranges_but_no_addresses():
    assert checked("numpy>=1,<3\nscipy", allow_urls=False, pinned=False) == ["numpy>=1,<3", "scipy"]
    for line in ("--index-url http://h", "a @ https://h/a.whl", "./a", "git+https://h/a", "-e ."):
        with pytest.raises(InvalidArgument, match="--allow-urls"):
            checked(line, allow_urls=False, pinned=False)
