"""Explanations of models: which columns matter, how, and why a row was answered as it was.

    explain(predictor, X, y, task=…, feature_names=…, classes=…, budget=20, seed=0) → Explanation

`explaining` does the work, `results` says what it gives.
"""

from hito.explain.explaining import explain as explain
from hito.explain.results import Explanation as Explanation
from hito.explain.results import from_json as from_json
from hito.explain.results import to_json as to_json
