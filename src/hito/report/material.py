"""All that a report is made of; each part may be missing."""

from msgspec import Struct

from hito.evaluation.results import Evaluation
from hito.explain.results import Explanation
from hito.report.facts import RunFacts


class Material(Struct, frozen=True, kw_only=True):
    evaluation: Evaluation | None = None
    explanation: Explanation | None = None
    facts: RunFacts | None = None
