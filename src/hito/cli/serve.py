"""`hito models serve`: one model, or all that are promoted, behind HTTP."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hito.core.errors import HitoError, InvalidArgument

_MANAGERS = ["local", "uv", "virtualenv", "conda"]


def _option(*names: str, help: str, **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option(*names, help=help, **more)


_FILE = click.Path(dir_okay=False, exists=True)
_OPTIONS = [
    _option("-m", "--model-uri", metavar="URI", help="models:/name/Production, models:/name@alias, runs:/…, or a folder."),
    _option(
        "--registry", is_flag=True,
        help="Serve all that is promoted: /models/{name}/{version, stage or @alias}/invocations.",
    ),
    _option("-p", "--port", default=5001, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."),
    _option("-h", "--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    _option("-w", "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that answer."),
    _option(
        "--compile/--no-compile", default=True, show_default=True,
        help="Use the compiled form of a model whose answers are proven equal.",
    ),
    _option("--trust-pickle", is_flag=True, help="Open files that can run code of the model's author."),
    _option(
        "--env-manager", default="local", show_default=True, type=click.Choice(_MANAGERS),
        help="uv: serve in the environment that the model recorded; virtualenv and conda are other words for it.",
    ),
    _option("--no-conda", is_flag=True, hidden=True, help="MLflow's old word for --env-manager local."),
    _option(
        "--follow", "follow_seconds", default=1.0, show_default=True, type=click.FloatRange(0), metavar="SECONDS",
        help="How often to look what is promoted; 0: never.",
    ),
    _option(
        "--unload-after", default=0.0, type=click.FloatRange(0), metavar="SECONDS",
        help="Let go of a model that nobody asked for so long.  [default: never]",
    ),
    _option(
        "--canary", multiple=True, metavar="[ROUTE=]OTHER:SHARE",
        help="Let another version answer a share, such as Forest/Production=Forest/Staging:0.1",
    ),
    _option(
        "--shadow", multiple=True, metavar="[ROUTE=]OTHER",
        help="Ask another version the same, compare the answers and count.",
    ),
    _option(
        "-t", "--timeout", default=60.0, show_default=True, type=click.FloatRange(0.001), metavar="SECONDS",
        envvar=["HITO_SCORING_SERVER_REQUEST_TIMEOUT", "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT"],
        help="In which a request must be answered.",
    ),
    _option(
        "--body-timeout", "body_seconds", default=30.0, show_default=True, type=click.FloatRange(0.001), metavar="SECONDS",
        help="In which the body of a request must have come.",
    ),
    _option("--max-body", default=64, show_default=True, type=click.IntRange(1), metavar="MB", help="Of a request."),
    _option(
        "--max-requests", default=1024, show_default=True, type=click.IntRange(1), help="Under way at once; others get 429."
    ),
    _option(
        "--keys-file", type=_FILE,
        help="API keys, one a line (also HITO_SERVING_KEYS, commas between). With any, a request must show one.",
    ),
    _option("--ssl-certfile", type=_FILE, help="Serve HTTPS with this certificate."),
    _option("--ssl-keyfile", type=_FILE, help="The certificate's key."),
    _option(
        "--log-sample", default=0.0, type=click.FloatRange(0, 1), metavar="SHARE",
        help="Keep this share of requests and answers in the store.  [default: none]",
    ),
    _option(
        "--cache", type=click.Path(file_okay=False),
        help="Where models and their compiled forms are kept.  [default: HITO_CACHE, else the user's cache]",
    ),
]  # fmt: skip


def _with_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(context_settings={"help_option_names": ["--help"]})
@_with_options
def serve(**options: Any) -> None:
    """Serve a model, or the registry, over HTTP by MLflow's scoring protocol.

    A model that is promoted while the server runs takes over with the next request. GET / is a page to try it out.
    """
    try:
        code = _serve(**options)
    except HitoError as error:
        click.echo(f"hito: {error}", err=True)
        sys.exit(2)
    sys.exit(code)


def _serve(
    *, model_uri: str | None, registry: bool, env_manager: str, canary: tuple[str, ...], shadow: tuple[str, ...],
    ssl_certfile: str | None, ssl_keyfile: str | None, cache: str | None, keys_file: str | None, unload_after: float,
    timeout: float, max_body: int, log_sample: float, no_conda: bool, trust_pickle: bool, **same: Any,
) -> int:  # fmt: skip
    from hito.flavors.trust import Trust
    from hito.reproduce.environments import cache_folder
    from hito.serve.run import Options, run

    if (model_uri is None) != registry:
        raise click.UsageError("give one of -m URI and --registry")
    if bool(ssl_certfile) != bool(ssl_keyfile):
        raise click.UsageError("--ssl-certfile and --ssl-keyfile go together")
    if model_uri and Path(model_uri).is_dir():
        model_uri = str(Path(model_uri).absolute())
    options = Options(
        source="hito.fluent.serving:" + ("registry" if registry else "one_model"),
        source_options={"uri": model_uri} if model_uri else {},
        cache=str(Path(cache).absolute()) if cache else str(cache_folder() / "serve"),
        canary=dict(_canary(text) for text in canary),
        shadow=dict(_pair(text) for text in shadow),
        certificate=ssl_certfile or "",
        key=ssl_keyfile or "",
        keys_file=keys_file or "",
        unload_seconds=unload_after,
        predict_seconds=timeout,
        body_limit=max_body << 20,
        sample_share=log_sample,
        trust_pickle=Trust.given(trust_pickle or None).pickle,
        **same,
    )
    if env_manager == "local" or no_conda:
        return run(options)
    if model_uri is None:
        raise click.UsageError("--env-manager uv goes with -m URI: a registry's models were made in many environments")
    return _in_its_environment(model_uri, options)


def _in_its_environment(model_uri: str, options: Any) -> int:
    """Serve by another process, in the environment that the model recorded, with what hito needs to serve beside it."""
    import os
    import tempfile

    from hito.export.lock import lock
    from hito.fluent.loading import fetch
    from hito.reproduce import environments
    from hito.serve.run import variables
    from hito.serve.surroundings import recorded_python

    with tempfile.TemporaryDirectory(prefix="hito-") as space:
        folder = fetch(model_uri, space)
        python = recorded_python(folder)
        if not python:
            raise InvalidArgument(
                "this model does not say which Python it was made with; serve it by --env-manager local"
            )
        locked = Path(space) / "locked.txt"
        lock(folder, ".".join(python.split(".")[:2]), locked)
        wanted = environments.Wanted(python=python, requirements=locked.read_text("utf-8"), ours=True)
    made = environments.build(
        wanted, environments.cache_folder(), say=lambda text: click.echo(f"hito: {text}", err=True)
    )
    program = str(environments.python_of(made))
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    os.execve(program, [program, "-m", "hito.serve.run"], {**kept, **variables(options)})  # noqa: S606  no shell


def _canary(text: str) -> tuple[str, tuple[str, float]]:
    route, other = _pair(text)
    other, _, share = other.rpartition(":")
    try:
        found = float(share)
    except ValueError:
        found = -1.0
    if not other or not 0 < found <= 1:
        raise click.BadParameter(
            f"{text!r}: expected OTHER:SHARE, the share above 0 and at most 1, such as Forest/Staging:0.1",
            param_hint="--canary",
        )
    return route, (other, found)


def _pair(text: str) -> tuple[str, str]:
    """`route=other`; without a route it is that of the one model that is served."""
    route, equals, other = text.partition("=")
    return (route, other) if equals else ("", route)
