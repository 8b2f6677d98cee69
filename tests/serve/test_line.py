"""Requests that wait are joined, one's failure is its own, and a line that is too long refuses."""

import asyncio
import threading

import numpy as np
import pytest

from hito.serve.line import MAX_WAITING, Line
from hito.serve.payload import Parsed
from hito.serve.refusal import Refusal, bad_request


class Doubling:
    """A model that takes as long as it is held, and refuses rows with a negative number."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.asked: list[int] = []

    def at_once(self, rows):
        return None

    def answer(self, parsed):
        self.go.wait(30)
        self.asked.append(len(parsed.matrix))
        if (parsed.matrix < 0).any():
            raise bad_request("negative")
        return parsed.matrix[:, 0] * 2


def rows(*values):
    return Parsed(matrix=np.array([[value] for value in values], dtype=float))


async def together(model, line, asked):
    """Send all before the model is let go."""
    tasks = [asyncio.ensure_future(line.predict(one)) for one in asked]
    await asyncio.sleep(0)
    model.go.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_what_waits_is_answered_by_one_call_and_each_gets_its_own_rows():
    model = Doubling()
    line = Line(model)
    answers = asyncio.run(together(model, line, [rows(1), rows(2, 3), rows(4)]))
    assert [one.tolist() for one in answers] == [[2], [4, 6], [8]]
    assert sum(model.asked) == 4
    assert len(model.asked) < 3


def test_a_request_that_is_refused_does_not_spoil_the_others():
    model = Doubling()
    answers = asyncio.run(together(model, Line(model), [rows(1), rows(-1), rows(3)]))
    assert [answers[0].tolist(), answers[2].tolist()] == [[2], [6]]
    assert isinstance(answers[1], Refusal)


def test_a_line_that_is_too_long_says_when_to_come_again():
    model = Doubling()
    found = asyncio.run(together(model, Line(model), [rows(1)] * (MAX_WAITING + 5)))
    refused = [one for one in found if isinstance(one, Refusal)]
    assert {(one.status, one.retry_after) for one in refused} == {(503, 1)}
    assert len(refused) + sum(model.asked) == len(found)


def test_a_model_that_takes_too_long_is_given_up():
    model = Doubling()
    line = Line(model, seconds=0.01)

    async def ask():
        try:
            with pytest.raises(Refusal) as refusal:
                await line.predict(rows(1))
            return refusal.value
        finally:
            model.go.set()

    assert asyncio.run(ask()).status == 504
