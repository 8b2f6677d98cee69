"""Stages: where a version stands, and who stands there already."""

from scenario import get, new_registered_model, new_version, post, refuses, scenario

NAME = {"name": "{unique}"}


def move(name, version, stage, archive=False, **options):
    """Move a version to a stage."""
    return post(
        name,
        "model-versions/transition-stage",
        {**NAME, "version": version, "stage": stage, "archive_existing_versions": archive},
        **options,
    )


def latest(name, *stages):
    """The latest version of each stage."""
    return post(name, "registered-models/get-latest-versions", {**NAME, "stages": list(stages)})


SCENARIOS = [
    scenario(
        "Versions move between stages",
        new_registered_model(),
        new_version(1),
        new_version(2),
        new_version(3),
        move("to Staging", "1", "Staging"),
        move("to Production, by another case", "1", "pRoDuCtIoN"),
        move("two in one stage", "2", "Production"),
        get("the model shows the highest of each stage", "registered-models/get", NAME),
        latest("the latest of all"),
        latest("the latest in Production", "Production"),
        latest("the latest in production", "production"),
        latest("the latest in two", "Production", "None"),
        latest("the latest where none is", "Archived"),
        latest("the latest in a stage that is not", "Limbo"),
        latest("the same stage twice", "Production", "Production"),
        get(
            "by GET",
            "registered-models/get-latest-versions",
            [["name", "{unique}"], ["stages", "Production"], ["stages", "None"]],
        ),
        get("by GET, all", "registered-models/get-latest-versions", NAME),
        move("archiving the others", "3", "Production", True),
        get("the first is archived", "model-versions/get", {**NAME, "version": "1"}),
        get("the second too", "model-versions/get", {**NAME, "version": "2"}),
        latest("the latest now"),
        move("to where it is", "3", "Production", True),
        move("back to None", "3", "None"),
        move("to Archived", "3", "Archived"),
    ),
    scenario(
        "A move is refused",
        new_registered_model(),
        new_version(1),
        move("a stage that is not", "1", "Limbo"),
        move("an empty stage", "1", ""),
        move("an unknown version", "9", "Production"),
        move("a word as version", "one", "Production"),
        move("archiving into None", "1", "None", True, **refuses("MLflow answers 500")),
        move("archiving into Archived", "1", "Archived", True, **refuses("MLflow answers 500")),
        move("a text as truth", "1", "Production", "yes"),
        move("a text that is a truth", "1", "Production", "true"),
        move("a number as version", 1, "Staging"),
        post(
            "without saying what to archive",
            "model-versions/transition-stage",
            {**NAME, "version": "1", "stage": "Staging"},
        ),
        post("no stage", "model-versions/transition-stage", {**NAME, "version": "1"}),
        post("no version", "model-versions/transition-stage", {**NAME, "stage": "Staging"}),
        post("no model", "model-versions/transition-stage", {"version": "1", "stage": "Staging"}),
        post(
            "an unknown model",
            "model-versions/transition-stage",
            {"name": "{unique} gone", "version": "1", "stage": "Staging"},
        ),
        post("latest of an unknown model", "registered-models/get-latest-versions", {"name": "{unique} gone"}),
        post("latest of none", "registered-models/get-latest-versions", {}),
        post("stages that are no list", "registered-models/get-latest-versions", {**NAME, "stages": "Production"}),
        get("latest of an unknown model, by GET", "registered-models/get-latest-versions", {"name": "{unique} gone"}),
        post("a model without versions", "registered-models/create", {"name": "{unique} empty"}),
        post("has no latest", "registered-models/get-latest-versions", {"name": "{unique} empty"}),
    ),
]
