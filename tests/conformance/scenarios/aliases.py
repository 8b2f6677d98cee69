"""Aliases: names that people give to versions."""

from scenario import delete, get, new_registered_model, new_version, post, scenario

NAME = {"name": "{unique}"}


def alias(name, alias, version="1"):
    """Give a version this alias."""
    return post(name, "registered-models/alias", {**NAME, "alias": alias, "version": version})


SCENARIOS = [
    scenario(
        "An alias points to one version",
        new_registered_model(),
        new_version(1),
        new_version(2),
        alias("set", "champion"),
        alias("another for the same version", "best"),
        get("by alias", "registered-models/alias", {**NAME, "alias": "champion"}),
        alias("move", "champion", "2"),
        get("points elsewhere", "registered-models/alias", {**NAME, "alias": "champion"}),
        get("the model shows its aliases", "registered-models/get", NAME),
        get("a version shows its own", "model-versions/get", {**NAME, "version": "1"}),
        post("get-latest-versions shows them", "registered-models/get-latest-versions", NAME),
        post(
            "a move between stages shows them",
            "model-versions/transition-stage",
            {**NAME, "version": "2", "stage": "Staging", "archive_existing_versions": False},
        ),
        get("latest is the highest number", "registered-models/alias", {**NAME, "alias": "latest"}),
        get("in any case", "registered-models/alias", {**NAME, "alias": "LATEST"}),
        get("another case is another alias", "registered-models/alias", {**NAME, "alias": "Champion"}),
        delete("delete", "registered-models/alias", {**NAME, "alias": "champion"}),
        get("is gone", "registered-models/alias", {**NAME, "alias": "champion"}),
        delete("delete again", "registered-models/alias", {**NAME, "alias": "champion"}),
        get("what is left", "registered-models/get", NAME),
    ),
    scenario(
        "An alias is refused",
        new_registered_model(),
        new_version(1),
        alias("empty", ""),
        alias("latest", "latest"),
        alias("latest in another case", "Latest"),
        alias("like a version", "v1"),
        alias("like a version in upper case", "V12"),
        alias("a blank", "a b"),
        alias("a dot", "a.b"),
        alias("a slash", "a/b"),
        alias("a percent sign", "50%"),
        alias("too long", "{long:256}"),
        alias("the longest", "{long:255}"),
        alias("digits", "123"),
        alias("dashes and underscores", "a-b_c"),
        alias("letters of other scripts", "señal"),
        alias("almost like a version", "v1a"),
        alias("an unknown version", "x", "9"),
        alias("a word as version", "x", "one"),
        alias("a number as version", "x", 1),
        post("no alias", "registered-models/alias", {**NAME, "version": "1"}),
        post("no version", "registered-models/alias", {**NAME, "alias": "x"}),
        post("no model", "registered-models/alias", {"alias": "x", "version": "1"}),
        post("an unknown model", "registered-models/alias", {"name": "{unique} gone", "alias": "x", "version": "1"}),
        get("by no alias", "registered-models/alias", NAME),
        get("by an unknown alias", "registered-models/alias", {**NAME, "alias": "none"}),
        get("of an unknown model", "registered-models/alias", {"name": "{unique} gone", "alias": "x"}),
        get("latest of an unknown model", "registered-models/alias", {"name": "{unique} gone", "alias": "latest"}),
        get("by an alias that cannot be", "registered-models/alias", {**NAME, "alias": "a b"}),
        delete("delete of an unknown model", "registered-models/alias", {"name": "{unique} gone", "alias": "x"}),
        delete("delete without alias", "registered-models/alias", NAME),
        delete("delete latest", "registered-models/alias", {**NAME, "alias": "latest"}),
        get("what is there", "registered-models/get", NAME),
        post("a model without versions", "registered-models/create", {"name": "{unique} empty"}),
        get("has no latest", "registered-models/alias", {"name": "{unique} empty", "alias": "latest"}),
    ),
]
