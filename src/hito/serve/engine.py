"""The compiled form of a model, run by ONNX Runtime."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hito.serve.compiling import CHANCE, LABEL, MODEL, VOTES, Compiled
from hito.serve.votes import Votes

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LARGEST_32 = float(np.finfo(np.float32).max)


def session(content: bytes) -> Any:
    """ONNX Runtime for a file.

    It gets one thread. One row is done before a second has woken up, and many rows are shared better among --workers:
    two threads took twice as long for a row of a forest, and no less for 10,000. And two would add up an ensemble's
    trees in another order.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


class Engine:
    """Answers for rows of numbers, and says for which it is sure. Any thread may ask.

    Args:
        content: the ONNX file.
        known: how its outputs become the model's answer.
        votes: count the rows whose classes tie; None: those are left to the Python model.
    """

    def __init__(self, content: bytes, known: Compiled, votes: Votes | None = None) -> None:
        running = session(content)
        self._run = running.run
        self._input = running.get_inputs()[0].name
        outputs = [one.name for one in running.get_outputs()]
        if known.output >= len(outputs):
            raise ValueError(f"it has no output {known.output}")
        self._output = [outputs[known.output]]
        self._type: Any = np.float32 if known.bits == 32 else np.float64
        self._known = known
        self._margin = known.margin
        self._votes = votes if known.votes else None
        self._classes = np.array(known.classes, dtype=known.dtype) if known.classes else None

    @staticmethod
    def read(folder: Path, known: Compiled) -> "Engine":
        """From the files that `compiling` keeps."""
        votes = Votes.read(folder / VOTES) if known.votes else None
        return Engine((folder / MODEL).read_bytes(), known, votes)

    def takes(self, rows: "NDArray[np.float64]") -> bool:
        """Whether these rows were covered by the proof: finite (or NaN where it was tried), and within 32 bits."""
        largest = np.abs(rows).max()  # NaN if any is
        if largest <= _LARGEST_32:
            return True
        return self._known.nan and not bool((np.abs(rows) > _LARGEST_32).any())

    def ask(self, rows: "NDArray[np.float64]") -> "tuple[NDArray[Any], NDArray[np.bool_]]":
        """The model's answers for rows of shape (n, columns), and where they are sure."""
        known = self._known
        answer = self._run(self._output, {self._input: rows.astype(self._type, copy=False)})[0]
        if known.gives == LABEL:
            labels, sure = self._labels(answer)
            if self._votes is not None and not sure.all():
                assert self._classes is not None
                labels[~sure] = self._classes[self._votes.winners(rows[~sure])]
                sure = np.ones(len(rows), dtype=bool)
            return labels, sure
        if known.gives == CHANCE:
            answer = answer[:, 1]
        elif known.flat:
            answer = answer.reshape(len(rows))
        return answer.astype(known.dtype, copy=False), np.ones(len(rows), dtype=bool)

    def _labels(self, chances: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[np.bool_]]":
        assert self._classes is not None
        if len(chances) == 1 and chances.shape[1] <= 2:  # the request of one row, without a dozen calls of numpy
            *no, yes = chances[0].tolist()  # of two classes; a single score is positive for the second
            over = yes - no[0] if no else yes
            place = int(over > 0)
            return self._classes[place : place + 1].copy(), np.array([abs(over) > self._margin])
        if chances.shape[1] == 2:
            apart = chances[:, 1] - chances[:, 0]
            return self._classes[(apart > 0).astype(np.intp)], np.abs(apart) > self._margin
        if chances.shape[1] == 1:  # a score, positive for the second of two classes
            apart = chances[:, 0]
            return self._classes[(apart > 0).astype(np.intp)], np.abs(apart) > self._margin
        top = np.argmax(chances, axis=1)
        two = np.partition(chances, -2, axis=1)[:, -2:]
        return self._classes[top], (two[:, 1] - two[:, 0]) > self._margin
