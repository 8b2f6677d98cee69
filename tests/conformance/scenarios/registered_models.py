"""Registered models: names, descriptions, tags, and finding them."""

from scenario import delete, finds, get, new_registered_model, new_version, patch, post, refuses, scenario

NAME = {"name": "{unique}"}
GONE = {"name": "{unique} gone"}
NOT_A_PROMPT = "tag.`mlflow.prompt.is_prompt` != 'true'"
OURS = "hito's grammar holds more than MLflow's"

SCENARIOS = [
    scenario(
        "A model is registered and read",
        post(
            "create",
            "registered-models/create",
            {**NAME, "description": "a model", "tags": [{"key": "a", "value": "1"}]},
        ),
        get("get", "registered-models/get", NAME),
        post("create again", "registered-models/create", NAME),
        post("nothing but the name", "registered-models/create", {"name": "{unique} bare"}),
        get("has neither description nor tags", "registered-models/get", {"name": "{unique} bare"}),
        post("an empty description", "registered-models/create", {"name": "{unique} empty", "description": ""}),
        post(
            "a tag twice: the last wins",
            "registered-models/create",
            {"name": "{unique} tags", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        ),
        post("a name in another script", "registered-models/create", {"name": "{unique} señal 数据 🚀"}),
        get("is found", "registered-models/get", {"name": "{unique} señal 数据 🚀"}),
        post("another case is another name", "registered-models/create", {"name": "{unique} BARE"}),
    ),
    scenario(
        "Registering refuses",
        post("no name", "registered-models/create", {}),
        post("an empty name", "registered-models/create", {"name": ""}),
        post("blanks", "registered-models/create", {"name": "   "}),
        post("a slash", "registered-models/create", {"name": "{unique}/a"}),
        post("a colon", "registered-models/create", {"name": "{unique}:a"}),
        post("a dot", "registered-models/create", {"name": "."}),
        post("two dots", "registered-models/create", {"name": ".."}),
        post("a number", "registered-models/create", {"name": 5}),
        post("a tag without key", "registered-models/create", {"name": "{unique} a", "tags": [{"value": "1"}]}),
        post(
            "a tag of an odd name",
            "registered-models/create",
            {"name": "{unique} b", "tags": [{"key": "../a", "value": "1"}]},
        ),
        post("tags that are no list", "registered-models/create", {"name": "{unique} c", "tags": {"a": "1"}}),
        get("none of these is there", "registered-models/get", {"name": "{unique} b"}),
    ),
    scenario(
        "Reading refuses",
        get("no name", "registered-models/get", {}),
        get("an empty name", "registered-models/get", {"name": ""}),
        get("an unknown name", "registered-models/get", GONE),
        get("a name that cannot be", "registered-models/get", {"name": "a/b"}),
    ),
    scenario(
        "A registered model is described",
        new_registered_model(),
        patch("set", "registered-models/update", {**NAME, "description": "new"}),
        get("is set", "registered-models/get", NAME),
        patch("absent clears it", "registered-models/update", NAME),
        get("is cleared", "registered-models/get", NAME),
        patch("empty", "registered-models/update", {**NAME, "description": ""}),
        patch("a number", "registered-models/update", {**NAME, "description": 5}),
        patch("no name", "registered-models/update", {"description": "x"}),
        patch("an unknown name", "registered-models/update", {**GONE, "description": "x"}),
        patch(
            "without content type",
            "registered-models/update",
            raw='{"name": "{unique}", "description": "raw"}',
            headers={"Content-Type": None},
        ),
    ),
    scenario(
        "A registered model is renamed, and everything follows",
        new_registered_model(),
        new_version(1),
        post("a tag", "registered-models/set-tag", {**NAME, "key": "a", "value": "1"}),
        post("an alias", "registered-models/alias", {**NAME, "alias": "champion", "version": "1"}),
        post("rename", "registered-models/rename", {**NAME, "new_name": "{unique} new"}),
        get("has everything", "registered-models/get", {"name": "{unique} new"}),
        get("its version", "model-versions/get", {"name": "{unique} new", "version": "1"}),
        get("by its alias", "registered-models/alias", {"name": "{unique} new", "alias": "champion"}),
        get("the old name is gone", "registered-models/get", NAME),
        new_registered_model(),
        post("to a taken name", "registered-models/rename", {"name": "{unique} new", "new_name": "{unique}"}),
        post("to its own name", "registered-models/rename", {**NAME, "new_name": "{unique}"}),
        post("no new name", "registered-models/rename", NAME),
        post("an empty new name", "registered-models/rename", {**NAME, "new_name": ""}),
        post("a new name with a slash", "registered-models/rename", {**NAME, "new_name": "a/b"}),
        post("an unknown model", "registered-models/rename", {**GONE, "new_name": "{unique} x"}),
        post("no name", "registered-models/rename", {"new_name": "{unique} x"}),
    ),
    scenario(
        "A registered model is deleted for good",
        new_registered_model(),
        new_version(1),
        new_version(2),
        post("an alias", "registered-models/alias", {**NAME, "alias": "champion", "version": "2"}),
        delete("delete", "registered-models/delete", NAME),
        get("is gone", "registered-models/get", NAME),
        get("its versions too", "model-versions/get", {**NAME, "version": "1"}),
        delete("delete again", "registered-models/delete", NAME),
        new_registered_model(),
        get("a new one of that name is empty", "registered-models/get", NAME),
        new_version(1),
        delete("no name", "registered-models/delete", {}),
        delete("an unknown name", "registered-models/delete", GONE),
    ),
    scenario(
        "Tags of a registered model",
        new_registered_model(),
        post("set", "registered-models/set-tag", {**NAME, "key": "a", "value": "1"}),
        post("replace", "registered-models/set-tag", {**NAME, "key": "a", "value": "2"}),
        post("without value", "registered-models/set-tag", {**NAME, "key": "b"}),
        post("the longest value", "registered-models/set-tag", {**NAME, "key": "c", "value": "{long:100000}"}),
        post("a value too long", "registered-models/set-tag", {**NAME, "key": "d", "value": "{long:100001}"}),
        post("the longest key", "registered-models/set-tag", {**NAME, "key": "{long:250}", "value": "1"}),
        post("a key too long", "registered-models/set-tag", {**NAME, "key": "{long:251}", "value": "1"}),
        post("a key that climbs", "registered-models/set-tag", {**NAME, "key": "../a", "value": "1"}),
        post("no key", "registered-models/set-tag", {**NAME, "value": "1"}),
        post("an empty key", "registered-models/set-tag", {**NAME, "key": "", "value": "1"}),
        post("no model", "registered-models/set-tag", {"key": "a", "value": "1"}),
        post("an unknown model", "registered-models/set-tag", {**GONE, "key": "a", "value": "1"}),
        post("a number", "registered-models/set-tag", {**NAME, "key": "n", "value": 5}),
        get("what is there", "registered-models/get", NAME),
        delete("delete", "registered-models/delete-tag", {**NAME, "key": "a"}),
        delete("delete again", "registered-models/delete-tag", {**NAME, "key": "a"}),
        delete("delete without key", "registered-models/delete-tag", NAME),
        delete("delete from an unknown model", "registered-models/delete-tag", {**GONE, "key": "a"}),
        delete("delete a key that climbs", "registered-models/delete-tag", {**NAME, "key": "../a"}),
        get("what is left", "registered-models/get", NAME),
    ),
    scenario(
        "Registered models are searched",
        post(
            "given one", "registered-models/create", {"name": "{unique} a", "tags": [{"key": "team", "value": "red"}]}
        ),
        post(
            "given two", "registered-models/create", {"name": "{unique} b", "tags": [{"key": "team", "value": "blue"}]}
        ),
        post("given three", "registered-models/create", {"name": "{unique} C"}),
        post(
            "given a prompt",
            "registered-models/create",
            {"name": "{unique} p", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]},
        ),
        *(
            get(text, "registered-models/search", {"filter": text})
            for text in (
                "name LIKE '{unique}%'",
                "name like '{unique} a'",
                "name = '{unique} a'",
                "attribute.name = '{unique} a'",
                "name = '{unique} A'",
                "name ILIKE '{unique} c%'",
                "name LIKE '{unique} c%'",
                "name LIKE '{unique} _'",
                "name LIKE '{unique}%' AND name != '{unique} a'",
                "name IN ('{unique} a', '{unique} C', 'none')",
                "name LIKE '{unique}%' and name NOT IN ('{unique} a')",
                "name LIKE '{unique}%' AND tags.team = 'red'",
                "name LIKE '{unique}%' AND tag.team != 'red'",
                "name LIKE '{unique}%' AND tags.team LIKE '%e%'",
                "name LIKE '{unique}%' AND tags.`team` ILIKE 'BLUE'",
                "name LIKE '{unique}%' AND tags.team = 'red' AND tags.team = 'blue'",
                "name LIKE '{unique}%' AND " + NOT_A_PROMPT,
                "name LIKE '{unique}%' AND tag.`mlflow.prompt.is_prompt` = 'true'",
                "name LIKE '{unique}%' AND tag.`mlflow.prompt.is_prompt` != 'false'",
            )
        ),
        get(
            "by name, backwards",
            "registered-models/search",
            [["filter", "name LIKE '{unique}%'"], ["order_by", "name DESC"]],
        ),
        get(
            "by time", "registered-models/search", [["filter", "name LIKE '{unique}%'"], ["order_by", "timestamp DESC"]]
        ),
        get(
            "by time, other name",
            "registered-models/search",
            [["filter", "name LIKE '{unique}%'"], ["order_by", "last_updated_timestamp ASC"]],
        ),
        get(
            "by two keys",
            "registered-models/search",
            [["filter", "name LIKE '{unique}%'"], ["order_by", "name"], ["order_by", "timestamp"]],
        ),
        get(
            "a first page",
            "registered-models/search",
            {"filter": "name LIKE '{unique}%'", "max_results": 2},
            keep={"token": "next_page_token"},
        ),
        get(
            "the next page",
            "registered-models/search",
            {"filter": "name LIKE '{unique}%'", "max_results": 2, "page_token": "{token}"},
        ),
        get("exactly all", "registered-models/search", {"filter": "name LIKE '{unique}%'", "max_results": 3}),
    ),
    scenario(
        "A search for registered models is refused",
        *(
            get(text, "registered-models/search", {"filter": text})
            for text in (
                " ",
                "name",
                "name = ",
                "name = x",
                "name == 'x'",
                "name <> 'x'",
                "name > 'x'",
                "name = 5",
                "creation_timestamp > 5",
                "attributes.name = 'x'",
                "unknown = 'x'",
                "params.a = 'x'",
                "tags.a > 'x'",
                "tags.a = 5",
                "name IN ()",
                "name = 'x', name = 'y'",
                "name = 'x'; name = 'y'",
                "name = 'x' -- a comment",
                "name = 'unclosed",
            )
        ),
        get("order by creation", "registered-models/search", {"order_by": "creation_timestamp"}),
        get("order by something unknown", "registered-models/search", {"order_by": "colour"}),
        get("order with a third word", "registered-models/search", {"order_by": "name DESC please"}),
        get("more than 1000", "registered-models/search", {"max_results": 1001}),
        get(
            "fewer than none",
            "registered-models/search",
            {"max_results": -1},
            **refuses("MLflow answers an empty page and the promise of another"),
        ),
        get("a word as limit", "registered-models/search", {"max_results": "many"}),
        get("a bad token", "registered-models/search", {"page_token": "nonsense"}),
    ),
    scenario(
        "Registered models are found in more ways than MLflow's",
        post(
            "given one", "registered-models/create", {"name": "{unique} a", "tags": [{"key": "team", "value": "red"}]}
        ),
        post("given two", "registered-models/create", {"name": "{unique} b"}),
        *(
            get(
                text, "registered-models/search", {"filter": text}, show="registered_models.name", **finds(OURS, *found)
            )
            for text, *found in (
                ("name = '{unique} a' OR name = '{unique} b'", "{unique} a", "{unique} b"),
                ("(name = '{unique} a')", "{unique} a"),
                ("name LIKE '{unique}%' AND NOT name = '{unique} a'", "{unique} b"),
                ("name LIKE '{unique}%' AND tags.team IN ('red')", "{unique} a"),
                ("name LIKE '{unique}%' AND tags.team IS NULL", "{unique} b"),
            )
        ),
    ),
]
