"""Where an artifact URI leads.

Endpoints and credentials come from the usual environment variables and never from a URI:

    s3://      AWS_*, AWS_ENDPOINT_URL, MLFLOW_S3_ENDPOINT_URL, MLFLOW_S3_IGNORE_TLS; else ~/.aws/credentials with
               AWS_PROFILE; else what the machine offers (web identity, container, instance)
    gs://      GOOGLE_APPLICATION_CREDENTIALS, GOOGLE_SERVICE_ACCOUNT; else what the machine offers
    az://, wasbs://, abfss://
               AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_ACCOUNT_NAME, AZURE_STORAGE_ACCESS_KEY or
               AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_KEY; else what the machine offers
"""

import configparser
import os
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from hito.artifacts.local import LocalStore
from hito.artifacts.store import ArtifactStore, Below
from hito.core.artifacts import HOST_SCHEMES, ArtifactUri
from hito.core.errors import InvalidArgument, NotImplementedHere

if TYPE_CHECKING:
    from obstore.store import AzureStore, ClientConfig, RetryConfig, S3Store

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def open_destination(text: str, environment: Mapping[str, str] = os.environ) -> ArtifactStore:
    """The store that an operator names when the server starts: any folder, or a storage URI.

    The operator's folders are taken as they are, relative or with a `#` in their path: nobody else chose them.
    Raises: InvalidArgument: no path and no URI of a store.
    """
    if not text:
        raise InvalidArgument("the artifact destination is empty; give a folder or a URI such as s3://bucket/folder")
    if not _SCHEME.match(text):
        return LocalStore(Path(text).expanduser())
    uri = ArtifactUri.parse(text, trusted_schemes=HOST_SCHEMES)
    return LocalStore(uri.local_path) if uri.is_local else _open_objects(uri, environment)


def open_store(
    uri: ArtifactUri | str,
    *,
    destination: ArtifactStore | None,
    local_roots: Sequence[str | os.PathLike[str]],
    trusted_schemes: frozenset[str] = frozenset(),
    environment: Mapping[str, str] = os.environ,
) -> ArtifactStore:
    """The store at a URI that may have come from a caller, such as an experiment's location.

    Args:
        destination: where `mlflow-artifacts:/` lies; None when the server proxies nothing.
        local_roots: the folders of this machine in which stores may be opened. A caller can name any folder as the
            location of an experiment; without this list, it could then read that folder through the server.
        trusted_schemes: see `core.artifacts.HOST_SCHEMES`.
    Raises: InvalidArgument: a URI that is unsafe, or outside `local_roots`; NotImplementedHere: a scheme without store.
    """
    parsed = ArtifactUri.parse(uri, trusted_schemes=trusted_schemes) if isinstance(uri, str) else uri
    if parsed.scheme == "mlflow-artifacts" and not parsed.authority:
        if destination is None:
            raise NotImplementedHere("this server does not proxy artifacts; start it with --serve-artifacts")
        return destination if parsed.path.is_root else Below(destination, parsed.path)
    if parsed.is_local:
        return _open_local(parsed, local_roots)
    return _open_objects(parsed, environment)


def _open_local(uri: ArtifactUri, local_roots: Sequence[str | os.PathLike[str]]) -> LocalStore:
    real = Path(os.path.realpath(uri.local_path))
    if not any(real.is_relative_to(os.path.realpath(root)) for root in local_roots):
        raise InvalidArgument(
            f'this server does not open "{uri}"; it serves only the artifact folders it was started with'
        )
    return LocalStore(real)


def _open_objects(uri: ArtifactUri, environment: Mapping[str, str]) -> ArtifactStore:
    if uri.scheme not in ("s3", "gs", "az", "wasbs", "abfss", "abfs"):
        raise NotImplementedHere(
            f"this server cannot open {uri.scheme}: artifacts; clients can, if they reach the place"
        )
    # Imported here: obstore is an extra, and 15 MB that a server on local folders does not need.
    from obstore.store import GCSStore

    from hito.artifacts.objects import ObjectStore

    if uri.scheme == "s3":
        return ObjectStore(_s3(uri.authority, environment), uri.path)
    if uri.scheme == "gs":
        return ObjectStore(GCSStore(uri.authority, client_options=_client(), retry_config=_retries()), uri.path)
    return ObjectStore(_azure(uri.authority, environment), uri.path)


def _s3(bucket: str, environment: Mapping[str, str]) -> "S3Store":
    from obstore.store import S3Store

    client = _client()
    config: dict[str, str] = {}
    if endpoint := environment.get("MLFLOW_S3_ENDPOINT_URL"):
        config["endpoint"] = endpoint
    if (endpoint or environment.get("AWS_ENDPOINT_URL", "")).startswith("http://"):
        client["allow_http"] = True
    if environment.get("MLFLOW_S3_IGNORE_TLS", "").lower() in ("true", "1"):
        client["allow_invalid_certificates"] = True
    for option in ("access_key_id", "secret_access_key", "session_token", "region"):
        if value := environment.get(f"AWS_{option.upper()}"):
            config[option] = value
    config.setdefault("region", environment.get("AWS_DEFAULT_REGION") or "us-east-1")
    if "access_key_id" not in config:
        config.update(_profile(environment))
    return S3Store(bucket, config=config, client_options=client, retry_config=_retries())  # type: ignore[arg-type]


def _profile(environment: Mapping[str, str]) -> dict[str, str]:
    """The keys in ~/.aws/credentials, which obstore does not read; nothing when there are none."""
    file = Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials").expanduser()
    profiles = configparser.ConfigParser(interpolation=None)
    try:
        profiles.read(file)
    except (configparser.Error, UnicodeDecodeError):
        raise InvalidArgument("the file of AWS credentials cannot be read; it should hold [profile] sections") from None
    name = environment.get("AWS_PROFILE") or "default"
    found = profiles[name] if profiles.has_section(name) else {}
    names = {option: f"aws_{option}" for option in ("access_key_id", "secret_access_key", "session_token")}
    return {option: found[entry] for option, entry in names.items() if entry in found}


def _azure(authority: str, environment: Mapping[str, str]) -> "AzureStore":
    """`authority` is a container (az) or container@account.blob.core.windows.net (wasbs, abfss)."""
    from obstore.store import AzureStore

    client = _client()
    container, _, host = authority.partition("@")
    pairs = environment.get("AZURE_STORAGE_CONNECTION_STRING", "").split(";")
    given = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    account = host.split(".")[0] or given.get("AccountName") or environment.get("AZURE_STORAGE_ACCOUNT_NAME")
    key = given.get("AccountKey") or environment.get("AZURE_STORAGE_ACCESS_KEY")
    config = {"account_name": account, "account_key": key, "endpoint": given.get("BlobEndpoint")}
    if (config["endpoint"] or "").startswith("http://"):
        client["allow_http"] = True
    known = {option: value for option, value in config.items() if value}
    return AzureStore(container, config=known, client_options=client, retry_config=_retries())  # type: ignore[arg-type]


def _client() -> "ClientConfig":
    # obstore's own limit of 30 s holds for a whole transfer, which a large file to a slow client exceeds. What must
    # not last is silence.
    return {"timeout": "1d", "connect_timeout": "5s", "read_timeout": "60s"}


def _retries() -> "RetryConfig":
    # A thread of the server waits meanwhile, and MLflow's client repeats by itself.
    return {"max_retries": 4, "retry_timeout": timedelta(seconds=20)}
