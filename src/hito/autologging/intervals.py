"""Mean, spread and interval of a score over folds.

What `std` and `95 %` mean here:

    std    as scikit-learn has it in cv_results_: of the folds themselves (divided by k)
    95 %   mean ± t(0.975, k−1) · s / √k, s divided by k − 1: where the mean over such folds lies. Folds share training
           data, so their scores are not independent and the true interval is wider (Bengio & Grandvalet, JMLR 5, 2004).

Folds without a score do not count.
"""

import math
from collections.abc import Sequence

_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
      2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042)  # fmt: skip
"""Student's t at 0.975 for 1 … 30 degrees of freedom."""


def summary(values: Sequence[float], name: str) -> dict[str, float]:
    """`mean_<name>`, `std_<name>`, and from two folds on `ci95_low_<name>` and `ci95_high_<name>`; nothing without folds.

    Folds without a score (NaN: the fit failed) do not count.
    """
    known = [float(value) for value in values if math.isfinite(value)]
    if not known:
        return {}
    count = len(known)
    mean = math.fsum(known) / count
    squares = math.fsum((value - mean) ** 2 for value in known)
    found = {f"mean_{name}": mean, f"std_{name}": math.sqrt(squares / count)}
    if count > 1:
        half = quantile(count - 1) * math.sqrt(squares / (count - 1) / count)
        found |= {f"ci95_low_{name}": mean - half, f"ci95_high_{name}": mean + half}
    return found


def quantile(freedom: int) -> float:
    """Student's t at 0.975; beyond the table by its expansion at the normal's 1.96, right to 0.001."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * freedom)
