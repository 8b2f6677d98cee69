"""Evaluations and facts to make reports of."""

import numpy
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_curve, roc_auc_score, roc_curve

from hito.evaluation import results
from hito.report.facts import DatasetFacts, FileFacts, MetricFacts, ModelFacts, RunFacts, VersionFacts


def floats(values) -> tuple[float, ...]:
    return tuple(float(value) for value in values)


def classified(truth, chance, classes=("malignant", "benign")) -> results.Evaluation:
    """What an evaluation of two classes finds, from the truth and the probability of the second class."""
    predicted = (chance >= 0.5).astype(int)
    right, area = accuracy_score(truth, predicted), roc_auc_score(truth, chance)
    counts = confusion_matrix(truth, predicted)
    false, true, _ = roc_curve(truth, chance)
    precision, recall, _ = precision_recall_curve(truth, chance)
    bins = numpy.clip((chance * 5).astype(int), 0, 4)
    filled = [at for at in range(5) if (bins == at).any()]
    shares = [float(truth[bins == at].mean()) for at in filled]
    return results.Evaluation(
        task="binary",
        model=results.Model(kind="RandomForestClassifier", library="sklearn", params={"n_estimators": "20"}),
        test=results.Dataset(
            name="breast cancer, test",
            rows=len(truth),
            features=("a", "b"),
            digest="3f2a91c0",
            target="diagnosis",
            class_rows=tuple(int((truth == at).sum()) for at in (0, 1)),
        ),
        classes=classes,
        positive=classes[1],
        scores=(
            results.Score(name="accuracy_score", value=right, low=right - 0.04, high=min(1, right + 0.03)),
            results.Score(name="roc_auc", value=area, low=area - 0.02, high=min(1, area + 0.01)),
            results.Score(name="log_loss", value=0.11, low=0.07, high=0.17, better="lower"),
            results.Score(name="f1_macro", value=right, group="average"),
        ),
        baseline=(results.Score(name="accuracy_score", value=0.629),),
        train_scores=(results.Score(name="accuracy_score", value=1.0),),
        class_scores=tuple(
            results.ClassScores(label=name, support=70, scores=(results.Score(name="precision_score", value=0.95),))
            for name in classes
        ),
        confusions=(
            results.Confusion(
                name="default",
                labels=classes,
                counts=tuple(floats(row) for row in counts),
                shares=tuple(floats(row / row.sum()) for row in counts),
                threshold=0.5,
            ),
        ),
        curves=(
            results.Curve(
                kind="roc", label=classes[1], x=floats(false), y=floats(true), area=area, area_low=0.97, area_high=1.0
            ),
            results.Curve(kind="precision_recall", label=classes[1], x=floats(recall), y=floats(precision), area=0.99),
            results.Curve(
                kind="calibration",
                label=classes[1],
                x=floats([chance[bins == at].mean() for at in filled]),
                y=floats(shares),
                low=floats([max(0, one - 0.1) for one in shares]),
                high=floats([min(1, one + 0.1) for one in shares]),
                area=0.03,
            ),
        ),
        histograms=tuple(
            results.Histogram(
                name="score",
                label=classes[1],
                truth=name,
                edges=floats(numpy.linspace(0, 1, 11)),
                counts=floats(numpy.histogram(chance[truth == at], bins=10, range=(0, 1))[0]),
            )
            for at, name in enumerate(classes)
        ),
        slices=(
            results.Slice(
                conditions=(results.Condition(feature="worst radius", operator="<=", value=14.2),),
                rows=31,
                share=0.22,
                score="error_rate",
                value=0.13,
                low=0.05,
                high=0.28,
                rest=0.02,
                p_value=0.04,
            ),
        ),
        fairness=(
            results.Fairness(
                column="clinic",
                groups=(
                    results.Group(
                        name="north",
                        rows=80,
                        scores={"selection_rate": 0.6},
                        low={"selection_rate": 0.5},
                        high={"selection_rate": 0.7},
                    ),
                    results.Group(
                        name="south",
                        rows=63,
                        scores={"selection_rate": 0.65},
                        low={"selection_rate": 0.52},
                        high={"selection_rate": 0.76},
                    ),
                ),
                gaps=(
                    results.Gap(
                        name="demographic_parity",
                        difference=0.05,
                        ratio=0.92,
                        lowest="north",
                        highest="south",
                        p_value=0.5,
                    ),
                ),
            ),
        ),
        drift=(
            results.ColumnDrift(
                feature="mean radius",
                kind="numeric",
                psi=0.31,
                statistic=0.2,
                p_value=0.001,
                moved=True,
                missing_train=0.0,
                missing_test=0.01,
                bins=(1.0, 2.0, 3.0),
                train=(0.3, 0.4, 0.3),
                test=(0.1, 0.3, 0.6),
            ),
        ),
        findings=(
            results.Finding(
                rule="overfit_gap",
                severity="warning",
                values={"score": "accuracy_score", "train": 1.0, "test": right, "gap": 0.05},
            ),
        ),
        omissions=(results.Omission(part="fairness", rule="no_column", reason="no column was named"),),
        bootstrap=results.Bootstrap(samples=1000, asked=1000),
        created=1_780_000_000_000,
        seconds={"scores": 0.4},
        versions={"scikit-learn": "1.9.1"},
    )


LOSSES = tuple(1 / (step + 1) for step in range(20))


def a_run(**changes) -> RunFacts:
    known = {
        "run_id": "a" * 32, "run_name": "RandomForest", "experiment": "breast cancer", "user": "ana", "status": "FINISHED",
        "begun": 1_780_000_000_000, "ended": 1_780_000_042_000, "source": "train.py", "commit": "3ca6b0b11f",
        "command": "python train.py", "params": {"max_depth": "10", "n_estimators": "20"},
        "metrics": (MetricFacts("accuracy", 0.958), MetricFacts("loss", 0.1, tuple(range(20)), LOSSES)),
        "datasets": (DatasetFacts("breast cancer", "3f2a91c0", "train", "sklearn", 426),),
        "models": (ModelFacts("RandomForest", "m-1"),),
        "versions": (VersionFacts("Forest", "3", "Production", ("champion",)),),
        "files": (FileFacts("model/MLmodel", 812), FileFacts("report.html", 120_000)),
        "environment": (("python", "3.11.9"), ("system", "Linux")), "packages": {"numpy": "2.4.6"},
    }  # fmt: skip
    return RunFacts(**{**known, **changes})
