"""The compiled form of a model, run by ONNX Runtime."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hito.serve.compiling import Compiled

_LARGEST_32 = float(np.finfo(np.float32).max)


class Engine:
    """Answers for rows of numbers, and says for which it is sure. Any thread may ask.

    Args:
        content: the ONNX file, or its path.
        known: how its outputs become the model's answer.
    """

    def __init__(self, content: "bytes | str", known: "Compiled") -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # One row is done before a second thread has woken up, and many rows are shared better among --workers: two
        # threads took twice as long for a row of a forest, and no less for 10,000.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        outputs = [one.name for one in self._session.get_outputs()]
        self._output = [outputs[min(known.output, len(outputs) - 1)]]
        self._type: Any = np.float32 if known.bits == 32 else np.float64
        self._known = known
        self._classes = np.array(known.classes, dtype=known.dtype) if known.classes else None

    def takes(self, rows: "NDArray[np.float64]") -> bool:
        """Whether these rows were covered by the proof: finite (or NaN where it was tried), and within 32 bits."""
        if self._known.nan:
            return not bool((np.abs(rows) > _LARGEST_32).any())
        return bool((np.abs(rows) <= _LARGEST_32).all())

    def ask(self, rows: "NDArray[np.float64]") -> "tuple[NDArray[Any], NDArray[np.bool_]]":
        """The model's answers for rows of shape (n, columns), and where they are sure."""
        known = self._known
        answer = self._session.run(self._output, {self._input: rows.astype(self._type, copy=False)})[0]
        if known.gives == "label":
            return self._labels(answer)
        if known.flat:
            answer = answer.reshape(len(rows))
        return answer.astype(known.dtype, copy=False), np.ones(len(rows), dtype=bool)

    def _labels(self, chances: "NDArray[Any]") -> "tuple[NDArray[Any], NDArray[np.bool_]]":
        from hito.serve.compiling import MARGIN

        assert self._classes is not None
        if chances.shape[1] == 2:
            apart = chances[:, 1] - chances[:, 0]
            return self._classes[(apart > 0).astype(np.intp)], np.abs(apart) > MARGIN
        top = np.argmax(chances, axis=1)
        two = (
            np.partition(chances, -2, axis=1)[:, -2:] if chances.shape[1] > 1 else np.array([[0.0, 1.0]] * len(chances))
        )
        return self._classes[top], (two[:, 1] - two[:, 0]) > MARGIN
