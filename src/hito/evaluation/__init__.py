"""What a model is worth: arrays in, frozen results out.

The package is not called `evaluate`, because `hito.evaluate` is the function, and Python would put the package in its
place as soon as it is imported.

    results ── the values that come out, and the format they are kept in
"""
