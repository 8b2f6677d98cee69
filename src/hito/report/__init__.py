"""Reports: what evaluations and explanations found, as a page that a person reads.

    results ──figures/──> Figure ──svg──> picture ─┐
    results ──sections/──> words, tables ──────────┼──page──> one HTML file ──pdf──> paper
    facts of the run ──────────────────────────────┘

`hito.report` is this package, so no function of that name is at hito's door: the page comes from `hito.evaluate(...)`,
which keeps it with the run, and from `hito report RUN`.
"""

from hito.report.run import run_report as run_report
