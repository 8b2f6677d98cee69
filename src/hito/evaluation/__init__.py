"""What a model is worth: arrays in, frozen results out.

The package is not called `evaluate`, because `hito.evaluate` is the function, and Python would put the package in its
place as soon as it is imported.

    results ───── the values that come out, and the format they are kept in
    predictor, table, given, labels, observing ──> outcome: a model, its features and its answers, checked and coded
    scores, ranked, intervals ── numbers for any weights of the rows, and their intervals by the bootstrap
    curves, thin, thresholds, residuals, learning ── what pictures are drawn from
    slices, fairness, drift, clues, advice, many ── where it is weak, whom it treats how, what has moved, what to do
    paired ────── two models on the same rows or folds
    requirements, extras ── what has to be reached; scores and artifacts of the user's own
    evaluating ── all of it, part after part, each behind a guard
    files, predictions, pictures ── as artifacts of a run
"""
