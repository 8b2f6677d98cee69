"""A model that answers with what it was given: the types of its columns, its first row, its parameters."""

try:
    from mlflow.models import set_model
    from mlflow.pyfunc import PythonModel
except ModuleNotFoundError:
    from hito.pyfunc import PythonModel, set_model


class Typed(PythonModel):
    def predict(self, context, model_input, params=None):
        row = [str(value) for value in model_input.iloc[0].tolist()]
        return {"types": [str(kind) for kind in model_input.dtypes], "row": row, "params": dict(params or {})}


set_model(Typed())
