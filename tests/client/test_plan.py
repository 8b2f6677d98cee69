"""The plan, alone: every order of events in small cases, and what a batch may hold."""

from typing import Any

import pytest

from hito.client.journal import CREATE, METRIC, PARAM, TAG, UPDATE, Create, Record, Update
from hito.client.plan import FIRST_PAUSE, LONGEST_PAUSE, Begin, Gone, Idle, Look, Plan, Send, Verdict, Wait, verdict
from hito.core import errors
from hito.wire.types import MetricIn, Pair


def records(*given: tuple[int, Any]) -> list[Record]:
    return [Record(kind, payload, place + 1) for place, (kind, payload) in enumerate(given)]


def point(step: int, key: str = "m") -> tuple[int, Any]:
    return (METRIC, MetricIn(key, float(step), 0, step))


def tag(value: str, key: str = "t") -> tuple[int, Any]:
    return (TAG, Pair(key, value))


def param(value: str, key: str = "p") -> tuple[int, Any]:
    return (PARAM, Pair(key, value))


def ended(status: str) -> tuple[int, Any]:
    return (UPDATE, Update(status, 1))


class Server:
    """A store by MLflow's rules, that applies a batch whole or not at all, and keeps the order in which tags were set."""

    def __init__(self) -> None:
        self.points: list[int] = []
        self.params: dict[str, str] = {}
        self.tags: dict[str, str] = {}
        self.status = ""

    def copy(self) -> "Server":
        other = Server()
        other.points, other.params = list(self.points), dict(self.params)
        other.tags, other.status = dict(self.tags), self.status
        return other

    def apply(self, send: Send) -> bool:
        message = send.message
        if hasattr(message, "metrics"):
            params = [(one.key, one.value) for one in message.params]
            assert len(dict(params)) == len(params)
            if any(self.params.get(key, value) != value for key, value in params):
                return False
            self.params.update(params)
            self.points += [one.step for one in message.metrics if one.step not in self.points]
            self.tags.update((one.key, one.value) for one in message.tags)
        else:
            self.status = message.status
        return True

    def state(self) -> tuple[Any, ...]:
        return (self.points, self.params, self.tags, self.status)


CASES = {
    "points": [point(1), point(2), point(3)],
    "a tag that changes": [tag("1"), point(1), tag("2"), tag("3")],
    "a param that is refused": [point(1), param("1"), param("2"), point(2)],
    "a refused param alone in the middle": [param("1"), tag("1"), param("2"), tag("2"), param("1", "q")],
    "a run that ends": [point(1), ended("RUNNING"), tag("1"), ended("FINISHED")],
}


def expected(case: list[tuple[int, Any]]) -> tuple[Any, ...]:
    """What there is when every record was applied once, in order, and the refused ones not at all."""
    server = Server()
    for one in records(*case):
        plan = Plan("r", lambda: 0.5)
        plan.feed([one])
        send = plan.next(0.0)
        assert isinstance(send, Send)
        server.apply(send)
    return server.state()


@pytest.mark.parametrize("name", CASES)
def test_whatever_happens_every_record_is_applied_once_and_in_order(name: str) -> None:
    """Every interleaving of answers, lost answers, failures and crashes, with up to three mishaps."""
    case = CASES[name]
    wanted = expected(case)
    seen = 0

    def restarted(mark: int) -> Plan:
        plan = Plan("r", lambda: 0.5)
        plan.feed([one for one in records(*case) if one.end > mark])
        return plan

    def replayed(mark: int, history: list[str]) -> Plan:
        """A plan is no value that can be copied: it is made again by what happened to it."""
        plan = restarted(mark)
        for event in history:
            plan.hurry()
            action = plan.next(0.0)
            if isinstance(action, Look):
                plan.seen("")
            elif event == "answered":
                plan.answered()
            elif event == "refused":
                plan.refused()
            else:
                plan.failed(0.0)
        return plan

    def follow(server: Server, mark: int, mishaps: int, history: list[str]) -> None:
        nonlocal seen
        assert len(history) < 60, "the plan does not end"
        plan = replayed(mark, history)
        plan.hurry()
        action = plan.next(0.0)
        if isinstance(action, Idle):
            seen += 1
            assert server.state() == wanted, (name, history)
            return
        if isinstance(action, Look):
            follow(server, mark, mishaps, [*history, "looked"])
            return
        assert isinstance(action, Send)
        after = server.copy()
        taken = after.apply(action)
        follow(after, mark, mishaps, [*history, "answered" if taken else "refused"])
        if mishaps:
            follow(server, mark, mishaps - 1, [*history, "failed"])  # it never arrived
            follow(after, mark, mishaps - 1, [*history, "failed"])  # the answer was lost
            settled = max(plan.settled, mark)
            follow(server, settled, mishaps - 1, [])  # the process died before it was sent
            follow(after, settled, mishaps - 1, [])  # it died before it knew
            follow(after, mark, mishaps - 1, [])  # and the last marks were lost, too: power cut

    follow(Server(), 0, 3, [])
    assert seen > 100


def drained(plan: Plan, refuses: Any = lambda send: False) -> tuple[list[Send], list[Record]]:
    """Run a plan against a server that answers at once; what was sent, and what was dropped."""
    sent, dropped = [], []
    while not isinstance(action := plan.next(0.0), Idle):
        if isinstance(action, Look):
            plan.seen("")
            continue
        assert isinstance(action, Send)
        sent.append(action)
        if refuses(action):
            gone = plan.refused()
            if gone is not None:
                dropped.append(gone)
        else:
            plan.answered()
    return sent, dropped


def a_plan(*given: tuple[int, Any]) -> Plan:
    plan = Plan("r", lambda: 0.5)
    plan.feed(records(*given))
    return plan


def test_a_batch_holds_no_more_than_mlflow_takes() -> None:
    plan = a_plan(
        *[param(str(n), f"p{n}") for n in range(250)],
        *[tag("x", f"t{n}") for n in range(250)],
        *map(point, range(3000)),
    )
    sent, _ = drained(plan)
    for one in sent:
        message = one.message
        assert len(message.metrics) <= 1000
        assert len(message.params) <= 100
        assert len(message.tags) <= 100
        assert len(message.metrics) + len(message.params) + len(message.tags) <= 1000
    assert sum(one.records for one in sent) == 3500


def test_a_batch_stays_below_a_megabyte() -> None:
    plan = a_plan(*[param("ä" * 6000, f"p{n}") for n in range(90)])
    from hito.wire.json import encode

    sent, _ = drained(plan)
    assert all(len(encode(one.message)) < 1_000_000 for one in sent)
    assert sum(len(one.message.params) for one in sent) == 90


def test_a_value_larger_than_a_batch_goes_alone() -> None:
    sent, _ = drained(a_plan(param("x" * 2_000_000, "big"), param("1", "small")))
    assert [one.records for one in sent] == [1, 1]


def test_one_refused_record_among_a_thousand_is_found_in_few_requests() -> None:
    plan = a_plan(*map(point, range(700)), param("bad"), *map(point, range(700, 2000)))
    sent, dropped = drained(plan, lambda send: any(one.value == "bad" for one in send.message.params))
    assert [one.payload.value for one in dropped] == ["bad"]
    assert len(sent) < 30
    arrived = [one.step for send in sent for one in send.message.metrics if not send.message.params]
    assert sorted(set(arrived)) == list(range(2000))


def test_a_run_that_is_gone_ends_the_plan_and_loses_nothing() -> None:
    plan = a_plan(*map(point, range(5)))
    assert isinstance(plan.next(0.0), Send)
    plan.refused()
    assert isinstance(plan.next(0.0), Look)
    plan.seen("is deleted")
    assert plan.next(0.0) == Gone("is deleted")
    assert (plan.backlog, plan.settled) == (5, 0)


def test_pauses_grow_to_a_limit_and_a_success_ends_them() -> None:
    plan = a_plan(point(1), point(2))
    now, pauses = 0.0, []
    for _ in range(12):
        assert isinstance(plan.next(now), Send)
        plan.failed(now)
        wait = plan.next(now)
        assert isinstance(wait, Wait)
        pauses.append(wait.until - now)
        now = wait.until
    assert pauses[0] == FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert isinstance(plan.next(now), Send)
    plan.answered()
    assert isinstance(plan.next(now), Idle)
    assert plan.failures == 0


def test_a_server_that_says_when_to_come_again_is_obeyed() -> None:
    plan = a_plan(point(1))
    plan.next(0.0)
    plan.failed(0.0, retry_after=17.0)
    assert plan.next(0.0) == Wait(17.0)
    plan.hurry()
    assert isinstance(plan.next(0.0), Send)


def test_a_run_without_a_server_is_created_before_anything_else_and_may_get_another_id() -> None:
    plan = a_plan((CREATE, Create(experiment_name="e")), point(1))
    assert plan.next(0.0) == Begin(Create(experiment_name="e"))
    plan.begun("theirs")
    send = plan.next(0.0)
    assert isinstance(send, Send)
    assert send.message.run_id == "theirs"


def test_secrets_that_are_missing_lose_nothing() -> None:
    for error in (errors.Unauthenticated("who?"), errors.PermissionDenied("no")):
        assert verdict(error, METRIC) is Verdict.LOCKED_OUT
    assert verdict(errors.EndpointNotFound("nothing here"), METRIC) is Verdict.AGAIN
    assert verdict(errors.Unavailable("later"), METRIC) is Verdict.AGAIN
    assert verdict(errors.InvalidArgument("never"), METRIC) is Verdict.REFUSED
