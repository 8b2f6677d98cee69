"""The module-level API that people type: `hito.start_run()`, `hito.log_metric("loss", 0.3)`.

Everything global lives here, and only here: where the server is (`configuration`), which run is active (`active`). What
a function does beyond that is one call of the client.
"""
