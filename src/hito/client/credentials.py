"""Who we are to a server, and how far its certificate is believed: from the environment, as MLflow's client reads it.

`HITO_*` comes before `MLFLOW_*` everywhere. Nothing that is read here is ever written to a file.
"""

import os
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from hito.core.errors import InvalidArgument

_FILE = Path("~/.mlflow/credentials")


def setting(name: str, environment: Mapping[str, str] = os.environ) -> str:
    """`HITO_name`, else `MLFLOW_name`, else empty."""
    return environment.get(f"HITO_{name}") or environment.get(f"MLFLOW_{name}") or ""


def is_true(text: str) -> bool:
    return text.strip().lower() in ("1", "true", "yes", "on")


class Credentials(Struct, frozen=True):
    user: str = ""
    password: str = ""
    token: str = ""

    @property
    def header(self) -> str:
        """The value of `Authorization`; empty for nobody. A user name and password win over a token, as in MLflow."""
        if self.user and self.password:
            return "Basic " + b64encode(f"{self.user}:{self.password}".encode()).decode()
        return f"Bearer {self.token}" if self.token else ""


def find(user: str = "", password: str = "", environment: Mapping[str, str] = os.environ) -> Credentials:
    """Those in the URI, else in the environment, else in `~/.mlflow/credentials`."""
    if user and password:
        return Credentials(user, password)
    user = setting("TRACKING_USERNAME", environment)
    password = setting("TRACKING_PASSWORD", environment)
    if not (user and password):
        kept = _from_file()
        user, password = user or kept.user, password or kept.password
    return Credentials(user, password, setting("TRACKING_TOKEN", environment))


def _from_file() -> Credentials:
    file = _FILE.expanduser()
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return Credentials()
    import configparser  # only for those who have the file

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
        section = parser["mlflow"]
    except (configparser.Error, KeyError):
        return Credentials()
    return Credentials(section.get("mlflow_tracking_username", ""), section.get("mlflow_tracking_password", ""))


class Trust(Struct, frozen=True):
    """How TLS is done: any certificate, a bundle of authorities, a certificate of our own."""

    insecure: bool = False
    authorities: str = ""
    own_certificate: str = ""


def trust(environment: Mapping[str, str] = os.environ) -> Trust:
    """Raises: InvalidArgument: both an authority and no authority are asked for."""
    found = Trust(
        is_true(setting("TRACKING_INSECURE_TLS", environment)),
        setting("TRACKING_SERVER_CERT_PATH", environment),
        setting("TRACKING_CLIENT_CERT_PATH", environment),
    )
    if found.insecure and found.authorities:
        raise InvalidArgument(
            "MLFLOW_TRACKING_INSECURE_TLS and MLFLOW_TRACKING_SERVER_CERT_PATH contradict each other; set one of them."
        )
    return found
