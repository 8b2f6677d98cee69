"""What a registry promotes is what is served: swapped, tried, compared, unloaded, and never what is damaged."""

import json
import shutil
import threading
from pathlib import Path

from tests.serve.conftest import DISPUTED, split

from hito.fluent.serving import COMPILED


def test_a_promoted_version_takes_over_and_going_back_does_too(registry, make_serving):
    server = make_serving("-m", "models:/Forest/Production", "--follow", "0.05", uri=registry.uri)
    assert server.predict([DISPUTED]) == [1]
    for version, says in (("2", [0]), ("1", [1])):
        registry.promote(version)
        server.wait_until(lambda says=says: server.predict([DISPUTED]) == says, f"version {version}")
    assert server.ask("/models").json["models"][0]["swaps"] == 2


def test_a_registry_is_served_by_stage_alias_and_version(registry, make_serving):
    registry.client.set_registered_model_alias("Forest", "try", "2")
    server = make_serving("--registry", "--follow", "0.05", uri=registry.uri)
    assert sorted(one["route"] for one in server.ask("/models").json["models"]) == [
        "/models/Forest/@try/invocations", "/models/Forest/Production/invocations",
    ]  # fmt: skip
    assert server.predict([DISPUTED], "Forest/Production") == [1]
    assert server.predict([DISPUTED], "Forest/production") == [1]
    assert server.predict([DISPUTED], "Forest/@try") == [0]
    assert server.predict([DISPUTED], "Forest/%40try") == [0]
    assert server.predict([DISPUTED], "Forest/2") == [0]
    assert server.predict([DISPUTED], "Forest/1") == [1]
    answer = server.ask("/models/Forest/2/invocations", split([DISPUTED]))
    assert answer.headers["x-hito-version"] == "2"

    for route in ("Forest/9", "Forest/@none", "Nobody/1", "Forest/Staging", "Forest", "Forest/../../etc", ""):
        refused = server.ask(f"/models/{route}/invocations", split([DISPUTED]))
        assert (refused.status, refused.json["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST"), route
    assert server.ask("/invocations", split([DISPUTED])).status == 404

    registry.client.set_registered_model_alias("Forest", "try", "1")
    server.wait_until(lambda: server.predict([DISPUTED], "Forest/@try") == [1], "the alias' new version")
    registry.client.delete_registered_model_alias("Forest", "try")
    server.wait_until(
        lambda: server.ask("/models/Forest/@try/invocations", split([DISPUTED])).status == 404, "the end of the alias"
    )


def test_the_verdict_is_on_the_version_in_the_log_and_at_version(registry, make_serving):
    server = make_serving("-m", "models:/Forest/1", uri=registry.uri)
    assert registry.client.get_model_version("Forest", "1").tags[COMPILED] == "exact"
    assert "models:/Forest/1 is ready; compiled: exact, proven on" in server.log
    told = server.ask("/version", headers={"accept": "application/json"}).json["models"][0]
    assert (told["name"], told["version"], told["compiled"], told["rows_proven"] > 1000) == (
        "Forest",
        "1",
        "exact",
        True,
    )
    assert server.ask("/version").body == b"3.17.2"  # as MLflow's client expects it


def test_a_version_whose_files_are_damaged_is_never_served(registry, forests, make_serving, tmp_path, cache):
    server = make_serving("-m", "models:/Forest/Production", "--follow", "0.05", uri=registry.uri)
    damaged = tmp_path / "damaged"
    shutil.copytree(forests[1], damaged)
    run = registry.client.create_run(registry.client.get_experiment_by_name("forests").experiment_id)
    expected = registry.client.get_model_version("Forest", "2").tags["hito.digest"]
    with (damaged / "MLmodel").open("a") as stream:
        stream.write("# one line more\n")
    registry.client.log_artifacts(run.info.run_id, damaged, "model")
    made = registry.client.create_model_version(
        "Forest", f"runs:/{run.info.run_id}/model", run.info.run_id, {"hito.digest": expected}
    )
    # The cache may know these files from another version; what is fetched for this one must be looked at all the same.
    shutil.rmtree(cache / "models" / expected, ignore_errors=True)
    registry.promote(made.version)
    server.wait_until(lambda: "is not served" in server.log, "the refusal")
    assert server.predict([DISPUTED]) == [1]
    assert server.ask("/models").json["models"][0]["version"] == "1"


def test_a_registry_that_dies_changes_nothing(registry, make_server, make_serving, forests):
    tracking = make_server(backend_uri=registry.uri, folder=registry.folder)
    server = make_serving("--registry", "--follow", "0.05", uri=tracking.url)
    assert server.predict([DISPUTED], "Forest/Production") == [1]
    tracking.process.kill()
    tracking.process.wait()
    server.wait_until(lambda: "does not answer" in server.log, "the warning")
    assert server.predict([DISPUTED], "Forest/Production") == [1]
    unknown = server.ask("/models/Forest/2/invocations", split([DISPUTED]))
    assert (unknown.status, unknown.headers["retry-after"]) == (503, "1")


def test_a_shadow_is_asked_the_same_and_its_differences_are_counted(registry, make_serving):
    server = make_serving(
        "--registry", "--shadow", "Forest/Production=Forest/2", "--follow", "0.05", uri=registry.uri
    )  # fmt: skip
    agreed = [9.0, 9.0, 5.0]
    for row in (agreed, DISPUTED, agreed):
        assert server.predict([row], "Forest/Production") == [1]

    def shadow():
        return server.ask("/models").json["models"][0]["shadow"]

    server.wait_until(lambda: sum(shadow()[name] for name in ("equal", "different")) == 3, "three comparisons")
    assert (shadow()["version"], shadow()["equal"], shadow()["different"]) == ("2", 2, 1)
    assert 'hito_shadow_total{route="Forest/Production",outcome="different"} 1' in server.ask("/metrics").body.decode()


def test_a_canary_answers_its_share(registry, make_serving):
    server = make_serving("-m", "models:/Forest/Production", "--canary", "Forest/2:0.5", uri=registry.uri)
    server.wait_until(lambda: server.ask("/models").json["models"][0]["canary"] is not None, "the canary")
    answers = [server.ask(body=split([DISPUTED])) for _ in range(100)]
    by_version = {"1": [1], "2": [0]}
    assert all(one.predictions == by_version[one.headers["x-hito-version"]] for one in answers)
    share = sum(one.headers["x-hito-version"] == "2" for one in answers)
    assert 20 <= share <= 80  # of 100 at 0.5: outside once in 10 ** 9


def test_a_model_that_nobody_asks_is_let_go_and_comes_back(registry, make_serving):
    server = make_serving("--registry", "--unload-after", "0.2", "--follow", "0.05", uri=registry.uri)
    server.wait_until(lambda: server.ask("/models").json["models"] == [], "the unloading")
    assert server.ask("/ping").status == 200
    assert server.predict([DISPUTED], "Forest/Production") == [1]


def test_promotions_under_load_lose_nothing_and_mix_nothing(registry, make_serving):
    server = make_serving("-m", "models:/Forest/Production", "--follow", "0.02", uri=registry.uri)
    body = split([DISPUTED] * 40)
    whole = {"1": [1] * 40, "2": [0] * 40}
    failed, mixed, seen = [], [], set()
    ended = threading.Event()

    def caller() -> None:
        while not ended.is_set():
            answer = server.ask(body=body)
            if answer.status != 200:
                failed.append(answer.body)
            elif answer.predictions != whole[answer.headers["x-hito-version"]]:
                mixed.append(answer.body)
            else:
                seen.add(answer.headers["x-hito-version"])

    callers = [threading.Thread(target=caller) for _ in range(3)]
    for one in callers:
        one.start()
    try:
        for at in range(10):
            version = str(2 - at % 2)
            registry.promote(version)
            server.wait_until(
                lambda version=version: server.ask("/models").json["models"][0]["version"] == version,
                f"version {version}",
            )
    finally:
        ended.set()
        for one in callers:
            one.join()
    assert (failed, mixed, seen) == ([], [], {"1", "2"})
    assert server.ask("/models").json["models"][0]["swaps"] == 10


def test_sampled_requests_are_kept_in_the_store(registry, make_serving):
    server = make_serving("-m", "models:/Forest/1", "--log-sample", "1", uri=registry.uri)
    asked = server.ask(body=split([DISPUTED]), headers={"x-request-id": "mine-1"})
    assert asked.headers["x-request-id"] == "mine-1"
    assert server.stop() == 0
    experiment = registry.client.get_experiment_by_name("serving")
    run = registry.client.search_runs([experiment.experiment_id])[0]
    path = Path(registry.client.download_artifacts(run.info.run_id, "requests/00001.jsonl"))
    kept = json.loads(path.read_text())
    assert (kept["request_id"], kept["model"], kept["version"]) == ("mine-1", "Forest", "1")
    assert (json.loads(kept["request"]), json.loads(kept["answer"])) == (split([DISPUTED]), [1])
