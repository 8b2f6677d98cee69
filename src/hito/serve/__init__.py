"""A model behind HTTP: MLflow's scoring protocol, compiled where the compiled form is proven equal, following a registry.

payload     bytes → table and parameters, by signature; answers → bytes              (no socket, no model)
compiling   a model as ONNX, in a process of its own, kept by the digest of its files
parity      rows that would show a difference, and the comparison
predictor   one loaded model: compiled and Python engine, and which of them answers
line        requests that wait for an engine, joined
served      which model answers at which path, swapped while requests run
following   a registry, watched
app, run    HTTP (RSGI), processes
"""
