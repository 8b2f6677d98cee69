"""Where artifact URIs lead, and where they do not."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from hito.artifacts.local import LocalStore
from hito.artifacts.objects import ObjectStore
from hito.artifacts.service import Artifacts
from hito.artifacts.store import Below
from hito.artifacts.uri import open_destination, open_store
from hito.core.artifacts import HOST_SCHEMES, ArtifactUri, SafePath
from hito.core.errors import InvalidArgument, NotImplementedHere, Unavailable

FILE = SafePath.parse("file")


def test_an_operator_may_name_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text, folder in (
        ("C# projects; why?/artifacts", tmp_path / "C# projects; why?/artifacts"),
        (str(tmp_path / "a b"), tmp_path / "a b"),
        (f"file://{tmp_path}/a%20b", tmp_path / "a b"),
    ):
        store = open_destination(text)
        store.write(FILE, [b"1"])
        assert (folder / "file").read_bytes() == b"1"


@pytest.mark.parametrize("text", ["", "ftp://host/x", "mlflow-artifacts:/x", "models:/a/1", "nonsense:/x"])
def test_a_destination_that_is_no_store_is_refused_at_the_start(text: str) -> None:
    with pytest.raises((InvalidArgument, NotImplementedHere)):
        open_destination(text)


def test_proxied_artifacts_lie_below_the_destination(tmp_path: Path) -> None:
    artifacts = Artifacts(str(tmp_path))
    artifacts.at("mlflow-artifacts:/0/run/artifacts").write(FILE, [b"1"])
    assert (tmp_path / "0/run/artifacts/file").read_bytes() == b"1"
    assert artifacts.proxied.stat(SafePath.parse("0/run/artifacts/file")) is not None
    assert isinstance(artifacts.at("mlflow-artifacts:/"), LocalStore)
    assert isinstance(artifacts.at("mlflow-artifacts:/0"), Below)


def test_a03_a_folder_that_a_caller_names_is_not_opened_outside_of_the_servers_folders(tmp_path: Path) -> None:
    for folder in ("mine", "other", "mine2"):
        (tmp_path / folder).mkdir()
    (tmp_path / "mine" / "link").symlink_to(tmp_path / "other")
    artifacts = Artifacts(str(tmp_path / "destination"), local_roots=[tmp_path / "mine"])
    artifacts.at(f"{tmp_path}/mine/7").write(FILE, [b"1"])
    artifacts.at(f"file://{tmp_path}/mine").write(FILE, [b"1"])
    for text in ("other", "mine2", "mine/link", "mine/link/x", "destination"):
        for uri in (f"{tmp_path}/{text}", f"file://{tmp_path}/{text}"):
            with pytest.raises(InvalidArgument, match="does not open"):
                artifacts.at(uri)
    for uri in ("/", "/etc", "file:///etc", f"{tmp_path}/mine/../other", "mine"):
        with pytest.raises(InvalidArgument):
            artifacts.at(uri)


def test_a_server_that_proxies_nothing_says_so() -> None:
    artifacts = Artifacts("")
    with pytest.raises(Unavailable, match="does not proxy"):
        _ = artifacts.proxied
    with pytest.raises(NotImplementedHere, match="does not proxy"):
        artifacts.at("mlflow-artifacts:/0")
    assert not artifacts.direct


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A host that notes who talks to it."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle(self) -> None:
            heard.append(self.client_address[0])

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"127.0.0.1:{server.server_port}", heard
    server.shutdown()
    thread.join()
    server.server_close()


def test_a17_the_server_talks_to_no_host_that_a_uri_names(tmp_path: Path, listener: tuple[str, list[str]]) -> None:
    host, heard = listener
    trusting = Artifacts(str(tmp_path), trusted_schemes=HOST_SCHEMES)
    for artifacts in (Artifacts(str(tmp_path)), trusting):
        for scheme in ("http", "https", "ftp", "hdfs", "s3", "gs", "az", "wasbs", "mlflow-artifacts", "abfss"):
            with pytest.raises((InvalidArgument, NotImplementedHere)):
                artifacts.at(f"{scheme}://{host}/x").read(FILE)
    assert heard == []


@pytest.mark.parametrize(
    ("uri", "url"),
    [
        ("s3://bucket/a", "https://s3.us-east-1.amazonaws.com/bucket/a/file?"),
        ("az://box/a", "https://account.blob.core.windows.net/box/a/file?"),
        ("wasbs://box@other.blob.core.windows.net/a", "https://other.blob.core.windows.net/box/a/file?"),
    ],
)
def test_a_uri_leads_to_its_cloud_with_the_credentials_of_the_environment(uri: str, url: str) -> None:
    environment = {
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AZURE_STORAGE_CONNECTION_STRING": "DefaultEndpointsProtocol=https;AccountName=account;AccountKey=a2V5a2V5;",
    }
    store = open_store(ArtifactUri.parse(uri), destination=None, local_roots=(), environment=environment)
    assert store.can_presign
    assert store.presign(FILE, "GET", 60).startswith(url)


def test_google_storage_is_opened_without_asking_anybody() -> None:
    assert isinstance(open_destination("gs://bucket/a"), ObjectStore)


def test_the_keys_of_an_aws_profile_are_found(tmp_path: Path) -> None:
    file = tmp_path / "credentials"
    file.write_text("[default]\naws_access_key_id = one\naws_secret_access_key = x\n"
                    "[team]\naws_access_key_id = two\naws_secret_access_key = x%y\n")  # fmt: skip
    environment = {"AWS_SHARED_CREDENTIALS_FILE": str(file)}
    assert "one%2F" in open_destination("s3://bucket", environment).presign(FILE, "GET", 60)
    environment["AWS_PROFILE"] = "team"
    assert "two%2F" in open_destination("s3://bucket", environment).presign(FILE, "GET", 60)


def test_storage_that_is_gone_is_unavailable_and_its_address_stays_inside() -> None:
    environment = {
        "MLFLOW_S3_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "s",
    }
    store = open_destination("s3://bucket", environment)
    with pytest.raises(Unavailable) as refused:
        store.stat(FILE)
    assert "127.0.0.1" not in refused.value.message


def test_a_missing_bucket_is_the_operators_affair(s3_environment: dict[str, str]) -> None:
    store = open_destination("s3://missing-bucket", s3_environment)
    with pytest.raises(Unavailable, match="bucket"):
        store.list_folder(SafePath.root())
    with pytest.raises(Unavailable):
        store.write(FILE, [b"1"])


def test_wrong_keys_are_unavailable(s3_environment: dict[str, str]) -> None:
    store = open_destination("s3://artifacts", {**s3_environment, "AWS_SECRET_ACCESS_KEY": "wrong"})
    with pytest.raises(Unavailable):
        store.write(FILE, [b"1"])


def test_clients_are_sent_to_the_storage_only_if_the_operator_says_that_they_reach_it(
    s3_environment: dict[str, str], tmp_path: Path
) -> None:
    assert not Artifacts("s3://artifacts", environment=s3_environment).direct
    assert Artifacts("s3://artifacts", direct=True, environment=s3_environment).direct
    assert not Artifacts(str(tmp_path), direct=True).direct


def test_a_bucket_is_opened_once(s3_environment: dict[str, str]) -> None:
    artifacts = Artifacts("s3://artifacts", environment=s3_environment)
    assert artifacts.at("s3://artifacts/a/") is artifacts.at("s3://artifacts/a")
