"""Predictions for files: the same rows out, in order, from every format, and nothing half-made."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from hito.batch import tables
from hito.batch.predict import predict_file
from hito.cli.predict import predict
from hito.core.errors import InvalidArgument, NotFound
from hito.flavors import pyfunc


def write(table: pd.DataFrame, path: Path) -> Path:
    kind = tables.format_of(path)
    if kind == "csv":
        table.to_csv(path, index=False)
    elif kind == "parquet":
        table.to_parquet(path, index=False)
    else:
        table.to_json(path, orient="records", lines=True, double_precision=15)
    return path


def read(path: Path) -> pd.DataFrame:
    if path.suffix == ".csv":
        return pd.read_csv(path, dtype={"id": str})
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_json(path, lines=True, dtype=False)


@pytest.mark.parametrize("source", ["in.csv", "in.csv.gz", "in.parquet", "in.jsonl"])
@pytest.mark.parametrize("target", ["out.csv", "out.parquet", "out.jsonl"])
def test_every_row_is_predicted_once_in_its_order(source, target, model, table, expected, tmp_path):
    path = write(table, tmp_path / source)
    shares: list[float] = []

    count = predict_file(model, path, tmp_path / target, keep=["id"], rows=999, told=shares.append)

    found = read(tmp_path / target)
    assert count == len(table) == len(found)
    assert list(found.columns) == ["id", "prediction"]
    assert list(found["id"]) == list(table["id"])  # "00007" is a text
    assert np.array_equal(found["prediction"], expected)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_piece_of_any_size_gives_the_same_answers(model, table, expected, tmp_path):
    path = write(table, tmp_path / "in.csv")
    for rows in (1_250, 2_500, 9_999):
        predict_file(model, path, tmp_path / "out.csv", rows=rows)
        assert np.array_equal(read(tmp_path / "out.csv")["prediction"], expected)


def test_a_row_that_does_not_fit_is_named_and_nothing_is_left(model, table, tmp_path):
    broken = table.astype({"width": object})
    broken.loc[1_700, "width"] = "wide"
    path = write(broken, tmp_path / "in.csv")
    with pytest.raises(InvalidArgument, match=r"after row 1500.*wide"):
        predict_file(model, path, tmp_path / "out.csv", rows=500)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["in.csv"]


def test_an_older_result_stays_when_the_new_one_fails(model, table, tmp_path):
    (tmp_path / "out.csv").write_text("older")
    path = write(table.drop(columns="height"), tmp_path / "in.csv")
    with pytest.raises(InvalidArgument, match="height"):
        predict_file(model, path, tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "older"


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("gone.csv", None, NotFound, "no file"),
        ("in.xlsx", b"PK", InvalidArgument, "does not tell its format"),
        ("in.parquet", b"PAR1 not", InvalidArgument, "no Parquet file"),
        ("in.csv", b"", InvalidArgument, "cannot be read after row 0"),
        ("in.csv", b"width,height,count\n", InvalidArgument, "no rows"),
        ("in.csv", b'width,height,count\n1,2,3\n"1,2,3', InvalidArgument, "cannot be read"),
        ("in.csv", b"\xff\xfe\x00w", InvalidArgument, "cannot be read"),
        ("in.jsonl", b"{not json}\n", InvalidArgument, "cannot be read"),
    ],
)
def test_a_file_that_is_no_table_gets_a_sentence(name, content, error, says, model, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=says):
        predict_file(model, tmp_path / name, tmp_path / "out.csv", source_format=None)


def test_a_kept_column_may_not_hide_the_prediction(model, table, tmp_path):
    path = write(table.rename(columns={"id": "prediction"}), tmp_path / "in.csv")
    with pytest.raises(InvalidArgument, match="cannot be kept"):
        predict_file(model, path, tmp_path / "out.csv", keep=["prediction"])
    with pytest.raises(InvalidArgument, match="no column 'nowhere'"):
        predict_file(model, path, tmp_path / "out.csv", keep=["nowhere"])


def test_the_command_says_what_it_did_and_exits_with_2_when_it_could_not(folder, table, expected, tmp_path):
    path = write(table, tmp_path / "in.csv")
    asked = ["-m", str(folder), "-i", str(path), "-o"]

    done = CliRunner().invoke(predict, [*asked, str(tmp_path / "out.parquet"), "--keep", "id"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert "2500 rows predicted" in done.stderr
    assert np.array_equal(read(tmp_path / "out.parquet")["prediction"], expected)

    for wrong, says in (
        ([*asked, str(tmp_path / "no" / "out.csv")], "no folder"),
        ([*asked, str(tmp_path / "o.csv"), "--params", "["], "no JSON"),
        ([*asked, str(tmp_path / "o.csv"), "--params", "[]"], "must be a JSON object"),
        (["-m", str(tmp_path), "-i", str(path), "-o", str(tmp_path / "o.csv")], "no model"),
    ):
        failed = CliRunner().invoke(predict, wrong)
        assert failed.exit_code == 2, failed.output
        assert says in failed.stderr
        assert "Traceback" not in failed.output


def test_memory_stays_flat_however_long_the_file_is(folder, table, run_python, tmp_path):
    frame = pd.concat([table] * 100, ignore_index=True)
    short, long = write(table, tmp_path / "short.csv"), write(frame, tmp_path / "long.csv")
    script = """
import resource, sys
from pathlib import Path
from hito.batch.predict import predict_file
from hito.flavors import pyfunc
model = pyfunc.load(sys.argv[1])
peaks = []
for name in sys.argv[2:]:
    predict_file(model, Path(name), Path(name).with_suffix(".out.csv"), rows=2500)
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(*peaks)
"""
    out, _ = run_python(script, str(folder), str(short), str(long)).communicate()
    after_short, after_long = map(int, out.split())
    assert after_long - after_short < 20 * 1024  # KiB; the long file has 250,000 rows, 12 MB


def test_a_model_that_answers_with_another_number_of_rows_is_refused(table, tmp_path):
    class Mean:
        def predict(self, data):
            return [float(data["width"].mean())]

    from hito.flavors.mlmodel import MLmodel

    model = pyfunc.Model(MLmodel(flavors={}), None, lambda data, params: Mean().predict(data))
    path = write(table, tmp_path / "in.csv")
    with pytest.raises(InvalidArgument, match="1 predictions for 2500 rows"):
        predict_file(model, path, tmp_path / "out.csv")
