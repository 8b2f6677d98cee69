"""Which store a URI means."""

from pathlib import Path

import pytest

from hito.client.http import HttpTransport
from hito.connect import EmbeddedTransport, connect, connect_again
from hito.core.errors import InvalidArgument


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HITO_TRACKING_URI", "MLFLOW_TRACKING_URI", "HITO_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_a_uri_it_is_the_nearest_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".hito").mkdir()
    (tmp_path / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "deep" / "er")
    assert connect().destination == f"sqlite:///{tmp_path}/.hito/hito.db"


def test_the_environment_names_a_server_ours_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://theirs:5000")
    assert connect().destination == "http://theirs:5000"
    monkeypatch.setenv("HITO_TRACKING_URI", "http://ours:5000/")
    assert isinstance(connect(), HttpTransport)
    assert connect().destination == "http://ours:5000"


def test_a_folder_a_file_and_a_uri_may_mean_the_same(tmp_path: Path) -> None:
    uri = f"sqlite:///{tmp_path}/store/hito.db"
    for name in ("store", tmp_path / "store", f"file://{tmp_path}/store", "sqlite:///store/hito.db", uri):
        assert connect(name).destination == uri


def test_a_password_is_not_part_of_a_destination() -> None:
    transport = EmbeddedTransport("postgresql://anna:secret@host:5433/tracking")
    assert transport.destination == "postgresql://anna@host:5433/tracking"


def test_a_journal_finds_its_secrets_in_the_tracking_uri(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://anna:secret@host:5000")
    again = connect_again("http://host:5000")
    assert isinstance(again, HttpTransport)
    assert again.user == "anna"


@pytest.mark.parametrize("uri", ["databricks://x", "sqlite://", "sqlite:///:memory:", "mysql://host/db"])
def test_what_hito_does_not_know_is_told(uri: str) -> None:
    with pytest.raises(InvalidArgument):
        connect(uri)


def test_a_file_store_of_mlflow_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mlruns" / "0").mkdir(parents=True)
    (tmp_path / "mlruns" / "0" / "meta.yaml").write_text("")
    with pytest.raises(InvalidArgument, match="hito import mlflow"):
        connect(tmp_path / "mlruns")
