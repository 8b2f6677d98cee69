"""Any search of runs finds, in any order, page by page, exactly what a plain evaluation over dictionaries finds."""

import math
import re
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hito.core.runs import RunStatus, ViewType
from hito.search.ast import (
    ARITHMETIC_MAX,
    ARITHMETIC_MIN,
    Among,
    And,
    Arithmetic,
    Attribute,
    Between,
    Compare,
    Condition,
    Dataset,
    Metric,
    Missing,
    Not,
    Now,
    Number,
    Operand,
    Or,
    Order,
    Param,
    Tag,
    Text,
)
from hito.search.fields import RUNS
from hito.search.parser import parse_filter, parse_order
from hito.search.pattern import variants
from hito.search.printer import show, show_order
from hito.store.database import Database, Tx
from hito.store.search import plan as planning
from hito.store.search import runs as searching
from hito.store.search import search_runs

MISSING = object()
NAN = float("nan")

Run = dict[str, Any]


class Oracle:
    """Runs as dictionaries: attributes, `metrics` (key → list of values, the last is the latest), `params`, `tags`,
    `datasets` (list of dictionaries)."""

    def __init__(self, runs: list[Run], now: int) -> None:
        self.runs = runs
        self.now = now
        self.metric_names = {key for run in runs for key in run["metrics"]}

    def search(self, condition: Condition | None, orders: tuple[Order, ...]) -> list[str]:
        found = [run for run in self.runs if condition is None or self.holds(condition, run)]
        found.sort(key=lambda run: run["run_id"])
        if Attribute("start_time") not in [order.operand for order in orders]:
            found.sort(key=lambda run: -run["start_time"])
        for order in reversed(orders):
            found = self.ordered(found, order)
        return [run["run_id"] for run in found]

    def ordered(self, runs: list[Run], order: Order) -> list[Run]:
        """Sorted by one field; what is equal stays as it was."""
        values = [(self.values(order.operand, run)[0], run) for run in runs]
        real = [(value, run) for value, run in values if value is not MISSING and value == value]
        # Python's reversed sort keeps equal elements in place, as we need it.
        real.sort(key=lambda pair: pair[0], reverse=not order.ascending)
        nan = [run for value, run in values if value is not MISSING and value != value]
        return [run for _, run in real] + nan + [run for value, run in values if value is MISSING]

    def holds(self, condition: Condition, run: Run) -> bool:
        match condition:
            case And(terms):
                return all(self.holds(term, run) for term in terms)
            case Or(terms):
                return any(self.holds(term, run) for term in terms)
            case Not(term):
                return not self.holds(term, run)
            case Missing(left, negated):
                return (self.values(left, run) == [MISSING]) != negated
            case Compare(left, operator, right):
                return any(compare(value, operator, self.values(right, run)[0]) for value in self.values(left, run))
            case Among(left, values, negated):
                return any(value is not MISSING and (value in values) != negated for value in self.values(left, run))
            case Between(left, low, high, negated):
                least, most = self.values(low, run)[0], self.values(high, run)[0]
                if negated:
                    return any(
                        compare(value, "<", least) or compare(value, ">", most) for value in self.values(left, run)
                    )
                return any(
                    compare(value, ">=", least) and compare(value, "<=", most) for value in self.values(left, run)
                )

    def values(self, operand: Operand, run: Run) -> list[Any]:
        """All values of an operand: one, or one for each dataset; [MISSING] if there is none."""
        match operand:
            case Number(value) | Text(value):
                return [value]
            case Now():
                return [self.now]
            case Attribute("duration"):
                return [MISSING if run["end_time"] is None else float(run["end_time"]) - run["start_time"]]
            case Attribute(name):
                return [MISSING if run[name] is None else run[name]]
            case Param(key):
                return [run["params"].get(key, MISSING)]
            case Tag(key):
                return [run["tags"].get(key, MISSING)]
            case Dataset(name):
                return [one[name] for one in run["datasets"] if one[name] is not None] or [MISSING]
            case Metric(key, aggregate, loose):
                if loose and f"{key}.{aggregate}" in self.metric_names:
                    key, aggregate = f"{key}.{aggregate}", ""
                points = run["metrics"].get(key)
                return [MISSING if points is None else summary(points, aggregate)]
            case Arithmetic(operator, left, right):
                return [reckon(operator, self.values(left, run)[0], self.values(right, run)[0])]


def summary(points: list[float], aggregate: str) -> float:
    numbers = [point for point in points if point == point]
    match aggregate:
        case "" | "last":
            return points[-1]
        case "first":
            return points[0]
        case "count":
            return len(points)
        case "min":
            return min(numbers, default=NAN)
        case "max":
            return max(numbers, default=NAN)
        case "sum":
            return sum(numbers) if numbers else NAN
        case "mean":
            return sum(numbers) / len(numbers) if numbers else NAN
    raise AssertionError(aggregate)


def reckon(operator: str, x: Any, y: Any) -> Any:
    if x is MISSING or y is MISSING:
        return MISSING
    if not (abs(x) <= ARITHMETIC_MAX and abs(y) <= ARITHMETIC_MAX):
        return NAN
    x, y = float(x), float(y)
    if operator == "+":
        return x + y
    if operator == "-":
        return x - y
    if operator == "/" and abs(y) < ARITHMETIC_MIN:
        return NAN
    if abs(x) < ARITHMETIC_MIN or abs(y) < ARITHMETIC_MIN:
        return 0.0
    return x * y if operator == "*" else x / y


def compare(value: Any, operator: str, right: Any) -> bool:
    if value is MISSING or right is MISSING:
        return False
    match operator:
        case "=":
            return bool(value == right)
        case "!=":
            return bool(value != right)
        case "<":
            return bool(value < right)
        case "<=":
            return bool(value <= right)
        case ">":
            return bool(value > right)
        case ">=":
            return bool(value >= right)
    negated = operator.startswith("NOT ")
    match operator.removeprefix("NOT "):
        case "LIKE":
            return like(value, right) != negated
        case "ILIKE":
            return like(value, right, fold=True) != negated
        case _:
            return (re.search(right, value) is not None) != negated


def like(text: str, pattern: str, fold: bool = False) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "%":
        return any(like(text[start:], pattern[1:], fold) for start in range(len(text) + 1))
    if not text:
        return False
    same = text[0] == pattern[0] or (fold and text[0] in variants(pattern[0]))
    return (pattern[0] == "_" or same) and like(text[1:], pattern[1:], fold)


HUGE = 1.7976931348623157e308
TEXTS = [
    "", "a", "A", "b", "aa", "ab", "a_b", "a%b", "100%", "*", "a*b", "[a]", "a?b", "a\\b", "it's", 'say "a"', "ñ", "Ñ",
    "Ñandú", "ñANDÚ", "x\ny", "straße", "ſ", "日本", "a" * 99, "a" * 100, "a" * 101, "a" * 100 + "b", "a" * 100 + "B", "~",
]  # fmt: skip
PATTERNS = [
    *TEXTS,
    "%",
    "a%",
    "%a",
    "%A%",
    "_",
    "__",
    "a_b",
    "%_b",
    "ñ%",
    "%Ú",
    "%'%",
    "[%",
    "a*%",
    "a" * 100 + "%",
    "A%",
]
EXPRESSIONS = [
    "a",
    "^a",
    "b$",
    "^a.?b$",
    "[aA]+",
    "ñ|Ñ",
    r"\d+%",
    "",
    "^$",
    "(?i)A",
    "x.y",
    "[^a]b",
    r"\\",
    r"^\w+$",
    "(a|b)+c?",
    "a{2}",
    r"\[a\]",
    "^.*$",
    "[.]?a-?",
]
NUMBERS = [-HUGE, -1.5, -1, 0, 0.25, 0.5, 1, 2, 3.5, 1e151, 1e-151, 1e300, HUGE]
METRICS = ["m", "n", "m.max", "same", "rare"]
TEXT_KEYS = ["p", "q", "a b", "none"]
NAMES = ["run_id", "run_name", "status", "user_id", "artifact_uri"]
TIMES = [0, 1000, 2000, 3000]
NOW = 10_000


def make_runs(random: Random, count: int) -> list[dict[str, Any]]:
    """Few values, so that ties and combinations are frequent."""
    runs = []
    for number in range(count):
        start = random.choice(TIMES)
        metrics = {
            key: [random.choice([*NUMBERS, math.nan]) for _ in range(random.choice([1, 1, 3]))]
            for key in METRICS
            if key != "rare" and random.random() < 0.7
        }
        if "same" in metrics:
            metrics["same"] = [1.0]
        if number == 3:
            metrics["rare"] = [0.5]
        experiment = random.choice([1, 1, 1, 2])
        uuid = f"{random.getrandbits(128):032x}"
        runs.append(
            {
                "run_id": uuid,
                "experiment": experiment,
                "run_name": random.choice(TEXTS),
                "user_id": random.choice(["ana", "Ñico", ""]),
                "status": random.choice(list(RunStatus)).name,
                "artifact_uri": f"mlflow-artifacts:/{experiment}/{uuid}/artifacts",
                "start_time": start,
                "end_time": random.choice([None, start, start + 500, start + 1000]),
                "deleted": random.random() < 0.2,
                "metrics": metrics,
                "params": {key: random.choice(TEXTS) for key in TEXT_KEYS[:3] if random.random() < 0.8},
                "tags": {key: random.choice(TEXTS) for key in TEXT_KEYS[:3] if random.random() < 0.5},
                "datasets": [
                    {
                        "name": random.choice(["iris", "Iris", "wine"]),
                        "digest": str(place),
                        "context": random.choice([None, "train", "test"]),
                    }
                    for place in range(random.choice([0, 0, 1, 2]))
                ],
            }
        )
    return runs


def fill(tx: Tx, runs: list[dict[str, Any]]) -> None:
    for number in (1, 2, 3):
        tx.run(
            "INSERT INTO experiments (id, name, artifact_location, creation_time, last_update_time) VALUES (?, ?, ?, ?, ?)",
            (number, f"e{number}", f"mlflow-artifacts:/{number}", 0, 0),
        )
    for run in runs:
        row = tx.one(
            "INSERT INTO runs (uuid, experiment_id, name, user_id, status, start_time, end_time, deleted) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                run["run_id"], run["experiment"], run["run_name"], run["user_id"], RunStatus[run["status"]].value,
                run["start_time"], run["end_time"], int(run["deleted"]),
            ),
        )  # fmt: skip
        assert row is not None
        run["id"] = row[0]
        for table in ("params", "tags"):
            for key, value in run[table].items():
                tx.run(
                    f"INSERT INTO {table} (run_id, key_id, experiment_id, start_time, value) VALUES (?, ?, ?, ?, ?)",
                    (row[0], tx.intern(key), run["experiment"], run["start_time"], value),
                )
        for key, points in run["metrics"].items():
            nans = sum(1 for point in points if point != point)
            told = [summary(points, what) for what in ("last", "min", "max", "sum", "first")]
            tx.run(
                "INSERT INTO metric_latest (run_id, key_id, experiment_id, start_time, value, min, max, sum, first, step, "
                "timestamp, count, nans, first_step, first_timestamp, tail) VALUES (?,?,?,?, ?,?,?,?,?, 0, 0, ?, ?, 0, 0, 0)",
                (
                    row[0], tx.intern(key), run["experiment"], run["start_time"],
                    *(None if one != one else float(one) for one in told), len(points), nans,
                ),
            )  # fmt: skip
        for one in run["datasets"]:
            made = tx.one(
                "SELECT id FROM datasets WHERE experiment_id = ? AND name = ? AND digest = ?",
                (run["experiment"], one["name"], one["digest"]),
            ) or tx.one(
                "INSERT INTO datasets (experiment_id, name, digest, source_type, source) VALUES (?, ?, ?, '', '') RETURNING id",
                (run["experiment"], one["name"], one["digest"]),
            )
            assert made is not None
            tx.run(
                "INSERT INTO run_datasets (run_id, dataset_id, context) VALUES (?, ?, ?)",
                (row[0], made[0], one["context"]),
            )


SIGNS = ["=", "!=", "<", "<=", ">", ">="]
number_constants = st.sampled_from([Number(number) for number in NUMBERS])
metrics = st.one_of(
    st.builds(Metric, st.sampled_from(METRICS)),
    st.builds(
        Metric, st.sampled_from(["m", "n"]), st.sampled_from(["max", "min", "mean", "count", "first", "last", "sum"])
    ),
    st.just(Metric("m", "max", loose=True)),
    st.just(Metric("n", "max", loose=True)),
)
times = st.sampled_from([Attribute("start_time"), Attribute("end_time"), Attribute("duration")])
simple_numbers = st.one_of(metrics, times)
arithmetic: st.SearchStrategy[Operand] = st.recursive(
    st.one_of(metrics, times, number_constants, st.just(Now())),
    lambda inner: st.builds(Arithmetic, st.sampled_from(["+", "-", "*", "/"]), inner, inner),
    max_leaves=4,
).filter(lambda operand: isinstance(operand, Arithmetic))
text_fields: st.SearchStrategy[Operand] = st.one_of(
    st.builds(Attribute, st.sampled_from(NAMES)),
    st.builds(Param, st.sampled_from(TEXT_KEYS)),
    st.builds(Tag, st.sampled_from(TEXT_KEYS)),
    st.builds(Dataset, st.sampled_from(["name", "digest", "context"])),
)
some_texts = st.sampled_from([*TEXTS, "FINISHED", "RUNNING", "iris", "train", "ana"])


def clause() -> st.SearchStrategy[Condition]:
    return st.one_of(
        st.builds(Compare, text_fields, st.sampled_from(["=", "!="]), st.builds(Text, some_texts)),
        st.builds(
            Compare,
            text_fields,
            st.sampled_from(["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE"]),
            st.builds(Text, st.sampled_from([*PATTERNS, "%ED", "r%", "%/artifacts", "IRIS"])),
        ),
        st.builds(
            Compare,
            text_fields,
            st.sampled_from(["MATCHES", "NOT MATCHES"]),
            st.builds(Text, st.sampled_from(EXPRESSIONS)),
        ),
        st.builds(Among, text_fields, st.lists(some_texts, min_size=1, max_size=25).map(tuple), st.booleans()),
        st.builds(Between, text_fields, st.builds(Text, some_texts), st.builds(Text, some_texts), st.booleans()),
        st.builds(Compare, st.one_of(simple_numbers, arithmetic), st.sampled_from(SIGNS), number_constants),
        st.builds(Compare, simple_numbers, st.sampled_from(SIGNS), st.one_of(simple_numbers, arithmetic)),
        st.builds(
            Compare,
            times,
            st.sampled_from(SIGNS),
            st.sampled_from([Number(n) for n in (0, 1000, 1500.5, 500, 1e30, -1e30)]),
        ),
        st.builds(
            Among, simple_numbers, st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3).map(tuple), st.booleans()
        ),
        st.builds(Between, simple_numbers, number_constants, number_constants, st.booleans()),
        st.builds(Missing, st.one_of(text_fields, simple_numbers, arithmetic), st.booleans()),
    )


conditions = st.one_of(
    st.none(),
    clause(),
    st.lists(clause(), min_size=2, max_size=4).map(lambda terms: And(tuple(terms))),
    st.recursive(
        clause(),
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.lists(inner, min_size=2, max_size=3).map(lambda terms: And(tuple(terms))),
            st.lists(inner, min_size=2, max_size=3).map(lambda terms: Or(tuple(terms))),
        ),
        max_leaves=6,
    ),
)
order_fields = st.one_of(
    st.builds(Attribute, st.sampled_from([*NAMES, "start_time", "end_time", "duration"])),
    st.builds(Param, st.sampled_from(TEXT_KEYS)),
    st.builds(Tag, st.sampled_from(TEXT_KEYS)),
    metrics,
    arithmetic.filter(lambda operand: "Metric" in repr(operand) or "Attribute" in repr(operand)),
)
orders = st.lists(st.builds(Order, order_fields, st.booleans()), max_size=3)


def checked(condition: Condition | None) -> str | None:
    """The filter's text, if the grammar allows it (`status IN` it does not)."""
    try:
        text = show(condition)
        parse_filter(text, RUNS)
    except ValueError:
        return None
    except Exception:  # a refusal: the grammar's own tests look at these
        return None
    return text


tried = 0


@pytest.mark.parametrize("seed", [1, 2])
def test_a_search_finds_what_a_plain_evaluation_finds(database: Database, seed: int, monkeypatch: Any) -> None:
    # Small limits, so that every plan and every switch from one to another is taken with few runs.
    monkeypatch.setattr(planning, "FEW", seed - 1)
    monkeypatch.setattr(searching, "MERGED", seed)
    runs = make_runs(Random(seed), 60)
    database.write(lambda tx: fill(tx, runs))
    by_id = {run["id"]: run["run_id"] for run in runs}

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(
        conditions,
        orders,
        st.sampled_from([[1], [1], [2], [1, 2], [3], [1, 2, 3, 99]]),
        st.sampled_from(list(ViewType)),
        st.sampled_from([1, 3, 10, 1000]),
    )
    def check(
        condition: Condition | None, order: list[Order], experiments: list[int], view: ViewType, size: int
    ) -> None:
        text = checked(condition)
        if text is None:
            return
        global tried
        tried += 1
        order_by = [show_order(one) for one in order]
        visible = [
            run
            for run in runs
            if run["experiment"] in experiments
            and (view == ViewType.ALL or run["deleted"] == (view == ViewType.DELETED_ONLY))
        ]

        def work(tx: Tx) -> tuple[list[str], list[str]]:
            oracle = Oracle(visible, tx.now)
            oracle.metric_names = {key for run in runs if run["experiment"] in experiments for key in run["metrics"]}
            expected = oracle.search(parse_filter(text, RUNS), parse_order(order_by, RUNS))
            found: list[int] = []
            token = ""
            for _ in range(len(runs) + 1):
                page = search_runs(tx, experiments, text, order_by, view, size, token)
                assert len(page.ids) <= size
                found += page.ids
                if page.token is None:
                    break
                assert len(page.ids) == size
                token = page.token
            return expected, [by_id[one] for one in found]

        expected, found = database.read(work)
        assert found == expected, (text, order_by, experiments, view, size)

    check()
    print("TRIED", tried)
