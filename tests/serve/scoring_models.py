"""The models of the recorded conversations: `python scoring_models.py mlflow FOLDER` saves them by MLflow.

The three of scikit-learn are trained again by whoever needs them, which gives the same trees; the two in Python are
text, and lie in `models/` as MLflow wrote them.
"""

import importlib
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression

HERE = Path(__file__).resolve().parent
NAMES = ("forest", "line", "array", "typed", "answers")


def data() -> tuple[pd.DataFrame, "pd.Series[int]"]:
    """200 rows of three columns, and a class for each."""
    random = np.random.default_rng(3)
    table = pd.DataFrame(random.uniform(0, 10, size=(200, 3)), columns=["a", "b", "c"]).round(3)
    return table, (table["a"] + table["b"] > 10).astype("int64")


def save(library: str, folder: Path) -> None:
    """Save the models of scikit-learn below a folder, by the library of this name."""
    sklearn = importlib.import_module(f"{library}.sklearn")
    infer_signature = importlib.import_module(f"{library}.models").infer_signature
    table, labels = data()
    pickled = {"serialization_format": "cloudpickle"}
    said = labels.to_numpy()

    forest = RandomForestClassifier(20, random_state=0).fit(table, labels)
    sklearn.save_model(forest, str(folder / "forest"), signature=infer_signature(table, said), **pickled)
    line = LinearRegression().fit(table, table["a"] * 2 + table["c"])
    sklearn.save_model(line, str(folder / "line"), **pickled)  # says nothing of its input
    array = RandomForestClassifier(20, random_state=0).fit(table.to_numpy(), labels)
    signature = infer_signature(table.to_numpy(), said)
    sklearn.save_model(array, str(folder / "array"), signature=signature, **pickled)


def save_python(folder: Path) -> None:
    """Save the two in Python; MLflow's part."""
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.types.schema import ColSpec, ParamSchema, ParamSpec, Schema

    kinds = ("boolean", "integer", "long", "float", "double", "string", "binary", "datetime")
    columns = [ColSpec(kind, f"a_{kind}", required=kind != "string") for kind in kinds]
    params = ParamSchema([ParamSpec("k", "long", 3), ParamSpec("names", "string", ["x"], shape=(-1,))])
    signature = ModelSignature(inputs=Schema(columns), params=params)
    more = {"pip_requirements": ["pandas"]}
    mlflow.pyfunc.save_model(
        str(folder / "typed"), python_model=str(HERE / "scoring_typed.py"), signature=signature, **more
    )
    mlflow.pyfunc.save_model(str(folder / "answers"), python_model=str(HERE / "scoring_answers.py"), **more)


if __name__ == "__main__":
    save(sys.argv[1], Path(sys.argv[2]))
    if sys.argv[1] == "mlflow":
        save_python(Path(sys.argv[2]))
