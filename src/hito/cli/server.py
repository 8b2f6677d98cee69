"""`hito server` and `hito ui`: the same server; MLflow has both words."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hito.cli.folder import nearest_folder


def _names(name: str) -> list[str]:
    """Environment variables that set an option: ours first, then MLflow's."""
    return [f"HITO_{name}", f"MLFLOW_{name}"]


_OPTIONS = [
    click.option("--host", "-h", default="127.0.0.1", show_default=True, envvar=_names("HOST"), help="Address to listen on."),
    click.option("--port", "-p", default=5000, show_default=True, type=click.IntRange(1, 65535), envvar=_names("PORT")),
    click.option(
        "--workers", "-w", default=1, show_default=True, type=click.IntRange(1, 64), envvar=_names("WORKERS"),
        help="Processes that answer. One is the fastest on SQLite; more pay on PostgreSQL with many cores.",
    ),
    click.option(
        "--backend-store-uri", envvar=[*_names("BACKEND_STORE_URI"), "MLFLOW_TRACKING_URI"], metavar="URI",
        help="sqlite:///relative.db, sqlite:////absolute.db or postgresql://…  [default: the nearest .hito folder]",
    ),
    click.option(
        "--default-artifact-root", envvar=_names("DEFAULT_ARTIFACT_ROOT"), metavar="URI",
        help="Where new experiments keep their files.  [default: mlflow-artifacts:/ when artifacts are served]",
    ),
    click.option(
        "--artifacts-destination", envvar=_names("ARTIFACTS_DESTINATION"), metavar="URI",
        help="Where served artifacts really are: a folder, s3://…, gs://…, abfss://…  [default: .hito/artifacts]",
    ),
    click.option(
        "--serve-artifacts/--no-serve-artifacts", default=True, show_default=True, envvar=_names("SERVE_ARTIFACTS"),
        help="Whether files travel through this server.",
    ),
    click.option(
        "--static-prefix", default="", envvar=_names("STATIC_PREFIX"), metavar="/PATH",
        help="A path before every path.",
    ),
    click.option(
        "--allowed-hosts", default="", envvar=[*_names("SERVER_ALLOWED_HOSTS"), *_names("ALLOWED_HOSTS")], metavar="LIST",
        help="Names this server goes by, comma-separated, * matches any text.  [default: this machine, private networks]",
    ),
    click.option(
        "--cors-allowed-origins", default="", metavar="LIST",
        envvar=[*_names("SERVER_CORS_ALLOWED_ORIGINS"), *_names("CORS_ALLOWED_ORIGINS")],
        help="Origins of web pages that may write.  [default: local ones]",
    ),
    click.option(
        "--disable-security-middleware", is_flag=True, envvar=_names("SERVER_DISABLE_SECURITY_MIDDLEWARE"),
        help="Do not check hosts and origins.",
    ),
    click.option(
        "--expose-prometheus", envvar=_names("EXPOSE_PROMETHEUS"), metavar="FOLDER",
        type=click.Path(file_okay=False, path_type=Path),
        help="Export counters at /metrics; the folder holds them.",
    ),
    click.option("--log-requests", is_flag=True, envvar=_names("LOG_REQUESTS"), help="Write a line of JSON for each request."),
]  # fmt: skip


def _with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(context_settings={"help_option_names": ["--help"]})
@_with_options
def server(**options: Any) -> None:
    """Start the tracking server.

    Without options it keeps everything in the nearest .hito folder, or makes one here, and listens on 127.0.0.1:5000.
    """
    _serve(**options)


@click.command(context_settings={"help_option_names": ["--help"]})
@_with_options
def ui(**options: Any) -> None:
    """Start the tracking server, to look at runs in a browser. The same as `hito server`."""
    _serve(**options)


def _serve(
    *,
    host: str,
    port: int,
    workers: int,
    backend_store_uri: str | None,
    default_artifact_root: str | None,
    artifacts_destination: str | None,
    serve_artifacts: bool,
    static_prefix: str,
    allowed_hosts: str,
    cors_allowed_origins: str,
    disable_security_middleware: bool,
    expose_prometheus: Path | None,
    log_requests: bool,
) -> None:
    if static_prefix and (not static_prefix.startswith("/") or static_prefix.endswith("/")):
        raise click.BadParameter("it must begin with '/' and not end with one", param_hint="--static-prefix")
    from hito.server.run import Options, run  # the server's libraries: only for those who start one

    if backend_store_uri and backend_store_uri.startswith(("http://", "https://")):
        backend_store_uri = None  # MLFLOW_TRACKING_URI names another server, not a store
    folder = nearest_folder()
    if backend_store_uri is None:
        backend_store_uri = f"sqlite:///{folder / 'hito.db'}"
    raise SystemExit(
        run(
            Options(
                host=host,
                port=port,
                workers=workers,
                store=backend_store_uri,
                artifact_root=default_artifact_root or "",
                artifacts=artifacts_destination or str(folder / "artifacts"),
                serve_artifacts=serve_artifacts,
                prefix=static_prefix,
                hosts=_list(allowed_hosts),
                origins=_list(cors_allowed_origins),
                gated=not disable_security_middleware,
                prometheus=str(expose_prometheus.absolute()) if expose_prometheus else "",
                log_requests=log_requests,
                trusted_schemes=_list(os.environ.get("MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES", "")),
                version_source_pattern=os.environ.get("MLFLOW_CREATE_MODEL_VERSION_SOURCE_VALIDATION_REGEX", ""),
            )
        )
    )


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
