"""`hito evaluate`: a model and a file with known answers; scores, a report, and an exit code for those that were required."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from hito.core.errors import HitoError, InvalidArgument

_SHOWN = (
    "accuracy_score balanced_accuracy_score precision_score recall_score f1_score roc_auc average_precision_score log_loss "
    "brier_score_loss expected_calibration_error matthews_corrcoef hamming_loss r2_score mean_absolute_error "
    "root_mean_squared_error median_absolute_error mean_absolute_percentage_error"
).split()
PASSED, FAILED, COULD_NOT = 0, 1, 2


@click.command()
@click.option("-m", "--model-uri", metavar="URI", help="models:/name/version, runs:/…, or a folder.")
@click.option(
    "--data",
    "data_path",
    required=True,
    metavar="PATH",
    help="The test data: CSV, Parquet or JSON lines, with the target.",
)
@click.option("--target", required=True, metavar="COLUMN", help="The column with the truth.")
@click.option("--predictions", metavar="COLUMN", help="The column with a model's answers, instead of --model-uri.")
@click.option("--model-type", type=click.Choice(["classifier", "regressor"]), help="[default: as the model says]")
@click.option("--train", "train_path", metavar="PATH", help="The training data: for drift, the gap, rows in both.")
@click.option("--group", multiple=True, metavar="COLUMN", help="Compare the groups of a column. May be repeated.")
@click.option("--weight", metavar="COLUMN", help="The column with the rows' weights.")
@click.option("--positive", metavar="LABEL", help="Of two classes the positive one.  [default: the second]")
@click.option("--require", multiple=True, metavar="'SCORE >= NUMBER'", help="What has to be reached. May be repeated.")
@click.option("--budget", type=click.FloatRange(0, min_open=True), default=60.0, show_default=True, help="Seconds.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of everything that is drawn.")
@click.option("--no-explain", is_flag=True, help="Leave SHAP, LIME, dependence and permutation out.")
@click.option(
    "--report", "report_path", type=click.Path(dir_okay=False, path_type=Path), help="Write the page to this file, too."
)
@click.option("--language", type=click.Choice(["en", "es"]), default="en", show_default=True, help="Of the report.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole evaluation as JSON.")
@click.option("--no-log", is_flag=True, help="Log nothing.")
@click.option("--run-id", metavar="ID", help="Log to this run.  [default: a new one]")
@click.option("--experiment", metavar="NAME", help="Of the new run.")
@click.option(
    "--tracking-uri", metavar="URI", help="Where to log.  [default: HITO_TRACKING_URI, else the nearest .hito]"
)
@click.option("--trust-pickle", is_flag=True, help="Open files that can run code of the model's author.")
def evaluate(
    model_uri: str | None,
    data_path: str,
    target: str,
    predictions: str | None,
    model_type: str | None,
    train_path: str | None,
    group: tuple[str, ...],
    weight: str | None,
    positive: str | None,
    require: tuple[str, ...],
    budget: float,
    seed: int,
    no_explain: bool,
    report_path: Path | None,
    language: str,
    as_json: bool,
    no_log: bool,
    run_id: str | None,
    experiment: str | None,
    tracking_uri: str | None,
    trust_pickle: bool,
) -> None:
    """Evaluate a model on data whose truth is known, and log what was found.

    Exit code 0: done, and everything that was required is reached; 1: something required is not; 2: it could not be done.
    """
    if (model_uri is None) == (predictions is None):
        raise click.UsageError("give either --model-uri or --predictions")
    import hito

    try:
        if tracking_uri:
            hito.set_tracking_uri(tracking_uri)
        if experiment and not no_log:
            hito.set_experiment(experiment)
        data = read(Path(data_path))
        result = hito.evaluate(
            model_uri,
            data,
            target,
            predictions=predictions,
            model_type=model_type,
            train=None if train_path is None else read(Path(train_path)),
            group=list(group) or None,
            sample_weight=weight,
            pos_label=positive,
            require=list(require),
            budget=budget,
            seed=seed,
            explain=not no_explain,
            report=report_path is not None or not no_log,
            language=language,
            log=not no_log,
            run_id=run_id,
            dataset_path=data_path,
            name=Path(data_path).stem,
            trust_pickle=trust_pickle or None,
        )
        if report_path is not None:
            if result.report is None:
                raise InvalidArgument("The report could not be made; the message above says why.")
            report_path.parent.mkdir(parents=True, exist_ok=True)
            report_path.write_text(result.report, "utf-8")
    except (HitoError, OSError) as error:
        click.echo(f"hito: {getattr(error, 'message', None) or error}", err=True)
        sys.exit(COULD_NOT)
    if as_json:
        import msgspec

        click.echo(msgspec.json.encode(result.evaluation).decode())
    else:
        _show(result)
    sys.exit(PASSED if result.passed else FAILED)


def read(path: Path) -> Any:
    """A table by the ending of its name. Raises: InvalidArgument: it cannot be read."""
    if not path.is_file():
        raise InvalidArgument(f"There is no file {path}.")
    try:
        import pandas
    except ModuleNotFoundError:
        raise InvalidArgument("Evaluating a file needs pandas: pip install hito[report].") from None
    ending = path.suffix.lower()
    try:
        if ending in (".parquet", ".pq"):
            return pandas.read_parquet(path)
        if ending in (".jsonl", ".ndjson"):
            return pandas.read_json(path, lines=True)
        if ending == ".json":
            return pandas.DataFrame(json.loads(path.read_text("utf-8")))
        return pandas.read_csv(path, sep="\t" if ending == ".tsv" else ",")
    except ImportError:
        raise InvalidArgument(f"Reading {path.name} needs pyarrow: pip install hito[parquet].") from None
    except Exception as error:  # readers raise many kinds; what they say of the file is the reason
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise InvalidArgument(f"{path} cannot be read as {ending or 'CSV'}: {lines[0][:300]}") from error


def _show(result: Any) -> None:
    """Scores with their intervals, advice by name, what was required."""
    found = result.evaluation
    size = f"{found.test.rows:,} rows × {len(found.test.features)} features"
    click.echo(f"{found.model.kind} on {found.test.name} ({size}), {found.task}")
    scores = {one.name: one for one in found.scores}
    shown = [scores[name] for name in _SHOWN if name in scores and scores[name].group == "main"]
    shown += [
        one for one in found.scores if one.group == "custom" or (found.task == "multilabel" and one.group == "average")
    ]
    width = max((len(one.name) for one in shown), default=0)
    for one in shown:
        ends = "" if one.low is None else f"   {_number(one.low)} – {_number(one.high)}"
        click.echo(f"  {one.name:<{width}}  {_number(one.value)}{ends}")
    for finding in found.findings:
        values = ", ".join(f"{key} {_plain(value)}" for key, value in finding.values.items())
        click.echo(f"  {finding.severity}: {finding.rule.replace('_', ' ')} ({values})")
    for left in found.omissions:
        click.echo(f"  left out: {left.part}: {left.reason}")
    for one in found.requirements:
        value = "there is no such score" if one.value is None else f"it is {_plain(one.value)}"
        click.echo(f"  {'passed' if one.passed else 'FAILED'}: {one.text} ({value})")
    if result.run_id is not None:
        click.echo(f"hito: run {result.run_id}", err=True)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:9.4f}" if abs(value) < 1000 else f"{value:9.6g}"


def _plain(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.4g}"
