"""Finding experiments."""

from scenario import UNFIT, finds, get, post, scenario

MINE = "name LIKE '{unique}%'"
OURS = "hito's grammar holds more than MLflow's"


def search(name, filter=None, **fields):
    """Search, and show the names found."""
    options = {"differs": fields.pop("differs")} if "differs" in fields else {}
    keep = {"keep": fields.pop("keep")} if "keep" in fields else {}
    body = {"max_results": 100, **fields, **({"filter": filter} if filter is not None else {})}
    body = {field: value for field, value in body.items() if value is not None}
    return post(name, "experiments/search", body, show="experiments.name", **keep, **options)


def given(name, **fields):
    """Create an experiment."""
    return post(
        f"given {name}",
        "experiments/create",
        {"name": "{unique} " + name, **fields},
        keep={name.lower(): "experiment_id"},
    )


GIVEN = [
    given("a", tags=[{"key": "team", "value": "red"}, {"key": "with space", "value": "1"}]),
    given("b", tags=[{"key": "team", "value": "blue"}]),
    given("C"),
    given("d"),
    post("given that d is deleted", "experiments/delete", {"experiment_id": "{d}"}),
]

SCENARIOS = [
    scenario(
        "Experiments are found",
        *GIVEN,
        search("the newest first", MINE),
        *(
            search(text, text)
            for text in (
                "name = '{unique} a'",
                "attribute.name = '{unique} a'",
                'name = "{unique} a"',
                "name LIKE '{unique}%' AND name != '{unique} a'",
                "name LIKE '{unique} _'",
                "name ILIKE '{unique} c'",
                "name LIKE '{unique} c'",
                "name LIKE '{unique}%' AND tags.team = 'red'",
                "name LIKE '{unique}%' AND tag.team != 'red'",
                "name LIKE '{unique}%' AND tags.team LIKE '%e%'",
                "name LIKE '{unique}%' AND tags.team ILIKE 'RED'",
                "name LIKE '{unique}%' AND tags.`with space` = '1'",
                "name LIKE '{unique}%' AND tags.\"with space\" = '1'",
                "name LIKE '{unique}%' AND tags.team IS NULL",
                "name LIKE '{unique}%' AND tags.team IS NOT NULL",
                "name LIKE '{unique}%' AND tags.team is not null",
                "experiment_id = '{a}'",
                "name LIKE '{unique}%' AND experiment_id != '{a}'",
                "experiment_id IN ('{a}', '{b}')",
                "experiment_id IN ('{a}',)",
                "name LIKE '{unique}%' AND experiment_id NOT IN ('{a}', '{b}')",
                "name LIKE '{unique}%' AND creation_time > 0",
                "name LIKE '{unique}%' AND creation_time <= 1",
                "name LIKE '{unique}%' AND last_update_time >= 5 AND last_update_time != 7",
                "name LIKE '{unique}%' AND tags.team = 'red' AND tags.team = 'blue'",
                "name LIKE '{unique}%' AND",
            )
        ),
        search("by name", MINE, order_by=["name"]),
        search("by name, backwards", MINE, order_by=["name DESC"]),
        search("by name with its prefix", MINE, order_by=["attribute.name ASC"]),
        search("by id", MINE, order_by=["experiment_id"]),
        search("by creation", MINE, order_by=["creation_time ASC"]),
        search("by change", MINE, order_by=["last_update_time desc"]),
        search("by two keys", MINE, order_by=["creation_time", "name"]),
        search("an empty order", MINE, order_by=[]),
        search("deleted ones", MINE, view_type="DELETED_ONLY"),
        search("all of them", MINE, view_type="ALL"),
        search("active ones", MINE, view_type="ACTIVE_ONLY"),
        search("a first page", MINE, max_results=2, keep={"token": "next_page_token"}),
        search("the next page", MINE, max_results=2, page_token="{token}"),
        search("exactly all", MINE, max_results=3),
        search("an empty token", MINE, page_token=""),
        get(
            "by GET",
            "experiments/search",
            [["max_results", "2"], ["filter", MINE], ["order_by", "name DESC"]],
            show="experiments.name",
        ),
        search("a limit as text", MINE, max_results="2"),
        search("50000", MINE, max_results=50000),
    ),
    scenario(
        "A search for experiments is refused",
        *(
            search(text, text)
            for text in (
                " ",
                "name",
                "name =",
                "name = x",
                "name = 5",
                "name == 'x'",
                "name <> 'x'",
                "name > 'x'",
                "experiment_id = 5",
                "experiment_id = 'x'",
                "experiment_id > '5'",
                "experiment_id LIKE '5'",
                "experiment_id IN ('x')",
                "experiment_id IN ()",
                "creation_time = '5'",
                "creation_time = 1.5",
                "creation_time LIKE '5'",
                "lifecycle_stage = 'active'",
                "artifact_location = 'x'",
                "metrics.a > 5",
                "params.a = '5'",
                "tags.a > '5'",
                "tags.a = 5",
                "TAGS.a = '5'",
                "tags.with space = '5'",
                "name = 'a'; name = 'b'",
                "name = 'a', name = 'b'",
                "name = 'a' -- comment",
                "name = 'a",
            )
        ),
        search("no limit", max_results=None),
        search("a limit of zero", max_results=0),
        search("a negative limit", max_results=-1),
        search("50001", max_results=50001),
        search("a word as limit", max_results="many"),
        search("a bad token", page_token="nonsense"),
        search("an unknown view", "name = '{unique}'", view_type="SOME", **UNFIT),
        search("order by a tag", order_by=["tags.a"]),
        search("order by something unknown", order_by=["colour"]),
        search("order with a third word", order_by=["name DESC please"]),
        search("an order that is no list", order_by="name"),
        search("an empty item of order", order_by=[""]),
    ),
    scenario(
        "Experiments are found in more ways than MLflow's",
        *GIVEN,
        search("OR", "name = '{unique} a' OR name = '{unique} b'", **finds(OURS, "{unique} b", "{unique} a")),
        search("NOT", MINE + " AND NOT name = '{unique} a'", **finds(OURS, "{unique} C", "{unique} b")),
        search(
            "parentheses",
            MINE + " AND (name = '{unique} a' OR tags.team = 'blue')",
            **finds(OURS, "{unique} b", "{unique} a"),
        ),
        search("attributes, in the plural", "attributes.name = '{unique} a'", **finds(OURS, "{unique} a")),
        search("like, in lower case", "name like '{unique} a'", **finds(OURS, "{unique} a")),
        search("ilike, in lower case", "name ilike '{unique} A'", **finds(OURS, "{unique} a")),
        search("in, in lower case", "experiment_id in ('{a}')", **finds(OURS, "{unique} a")),
        search("names in a list", "name IN ('{unique} a', '{unique} C')", **finds(OURS, "{unique} C", "{unique} a")),
        search("tags in a list", MINE + " AND tags.team IN ('red', 'green')", **finds(OURS, "{unique} a")),
    ),
]
