"""Numbers as they are kept: six significant digits."""

from typing import Any


def rounded(array: Any) -> Any:
    """Nested lists of an array's numbers, all of them finite."""
    import numpy

    array = numpy.asarray(array, dtype="float64")
    with numpy.errstate(divide="ignore"):
        digits = numpy.where(array == 0, 0.0, numpy.floor(numpy.log10(numpy.abs(array))))
    factor = 10.0 ** (5 - digits)
    return (numpy.round(array * factor) / factor).tolist()
