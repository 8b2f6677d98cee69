"""A run without an evaluation: said plainly, with the lines that would add one."""

from hito.report.html import Html, tag
from hito.report.layout import section
from hito.report.material import Material
from hito.report.voice import Voice

_CODE = """import hito

model = hito.sklearn.load_model("runs:/{run}/{path}")
with hito.start_run(run_id="{run}"):
    hito.evaluate(model, data, targets="…")"""


def draw(material: Material, voice: Voice) -> Html | None:
    if material.evaluation is not None:
        return None
    run = material.facts
    model = run.models[0].name if run is not None and run.models else "model"
    code = _CODE.format(run=run.run_id if run is not None else "…", path=model)
    return section("missing", voice, tag("p", voice.say("missing.why")), tag("pre", tag("code", code)))
