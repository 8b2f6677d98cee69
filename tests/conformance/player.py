"""Plays recorded stories against a server and says where the answers are not the recorded ones.

An answer holds values that no two servers share: ids, times, generated names. Before comparing, each becomes a
placeholder: a value kept from an earlier answer becomes `{its variable}`, a time `<time>`, a token `<token>`. What then
must be equal is the status, the error code, the fields and their values. Error messages need only be there: no program
reads them. Lists to which MLflow gives no order (tags, params, latest metrics) are compared in sorted order.
"""

import http.client
import json
import os
import re
import time
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

TIMES = {
    "creation_time",
    "last_update_time",
    "creation_timestamp",
    "last_updated_timestamp",
    "creation_timestamp_ms",
    "last_updated_timestamp_ms",
}
# Fields that MLflow's client does not need and that a server may leave out or add.
OPTIONAL = {"sqlstate", "error_class", "workspace", "effective_trace_archival_retention", "takes_run_ids"}
# `metrics` is unordered as the latest values of a run or a model; a history of points is ordered.
UNORDERED = {
    "tags",
    "params",
    "aliases",
    "latest_versions",
    "dataset_inputs",
    "model_inputs",
    "model_outputs",
    "dataset_summaries",
}
GENERATED_NAME = re.compile(r"^[a-z]+-[a-z]+-\d+$")
VARIABLE = re.compile(r"\{(\w+)\}")
LONG = re.compile(r"\{long:(\d+)\}")
SHORT_IDS_LIVE_IN = {"experiment_id", "artifact_uri", "artifact_location", "root_uri", "source", "path"}


@dataclass
class Answer:
    """What came back: the status, and the body as JSON if it is JSON, else as text."""

    status: int
    json: Any = None
    text: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def as_expectation(self) -> dict[str, Any]:
        """The answer in the form in which expectations are stored."""
        body = {"text": self.text} if self.text is not None else {"json": self.json}
        return {"status": self.status, **body, **({"headers": self.headers} if self.headers else {})}


class Player:
    """Tells one story over one kept-alive connection and remembers the values that the story keeps."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.variables = {"unique": f"c{os.urandom(5).hex()}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def play(self, step: dict[str, Any]) -> Answer:
        """Send one step and return its answer with everything volatile replaced by placeholders."""
        time.sleep(0.002)  # things are ordered by milliseconds; no two steps may share one
        body = None
        headers = {}
        if "raw" in step:
            body = self.filled(step["raw"]).encode()
            headers["Content-Type"] = "application/json"
        elif "body" in step:
            body = json.dumps(self.filled(step["body"])).encode()
            headers["Content-Type"] = "application/json"
        for name, value in step.get("headers", {}).items():
            if value is None:
                headers.pop(name, None)
            else:
                headers[name] = value
        path = quote(self.filled(step["path"]), safe="/%:@!$&'()*+,;=~")
        if "query" in step:
            path += "?" + urlencode([(name, self.filled(value)) for name, value in step["query"]])
        response, content = self._exchange(step["method"], path, body, headers)
        try:
            parsed = json.loads(content, parse_constant=lambda name: f"<bare {name}>")
            # A served file may well be JSON; only the type says whether it is an answer or a file.
            is_json = response.headers.get_content_type() == "application/json" and isinstance(parsed, dict)
        except ValueError:
            is_json = False
        if not is_json:
            shown = _shown_headers(step, response)
            return Answer(response.status, text=self._settled_text(response, content), headers=shown)
        if step["path"].endswith("get-latest-versions") and "model_versions" in parsed:
            parsed["model_versions"].sort(key=lambda version: int(version["version"]))
        for variable, place in step.get("keep", {}).items():
            found = _value_at(parsed, place)
            if found is not None:
                self.variables[variable] = str(found)
        settled = self.settled(parsed)
        if "show" in step and response.status == 200:
            settled = _shown(settled, step["show"])
        return Answer(response.status, json=settled, headers=_shown_headers(step, response))

    def _exchange(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Send and receive. A server may close after an answer for which it did not read the body; then try anew."""
        for attempt in range(2):
            try:
                self.connection.request(method, path, body, headers)
                response = self.connection.getresponse()
                return response, response.read()
            except (ConnectionError, http.client.RemoteDisconnected):
                self.connection.close()
                if attempt:
                    raise
        raise AssertionError("not reached")

    def filled(self, value: Any) -> Any:
        """The value with variables, long texts and repeated lists written out."""
        match value:
            case str():
                value = LONG.sub(lambda found: "x" * int(found[1]), value)
                return VARIABLE.sub(lambda found: self.variables.get(found[1], found[0]), value)
            case {"$times": count, "$of": item}:
                return [self.filled(_counted(item, i)) for i in range(count)]
            case dict():
                return {self.filled(key): self.filled(item) for key, item in value.items()}
            case list():
                return [self.filled(item) for item in value]
        return value

    def settled(self, value: Any, key: str = "") -> Any:
        """The value with everything volatile replaced by placeholders, and unordered lists sorted."""
        match value:
            case dict():
                return {
                    name: self._settled_metrics(item)
                    if name == "metrics" and key == "data"
                    else self.settled(item, name)
                    for name, item in value.items()
                    if name not in OPTIONAL
                }
            case list():
                items = [self.settled(item, key) for item in value]
                return _sorted(items) if key in UNORDERED else items
            case str() if key in {"message", "detail"}:
                return "<message>" if value else ""
            case str() if key == "next_page_token":
                return "<token>" if value else ""
            case str():
                return self._settled_string(value, key)
            case int() if key in TIMES and value > 0:
                return "<time>"
        return value

    def _settled_metrics(self, points: list[Any]) -> list[Any]:
        return _sorted([self.settled(point) for point in points])

    def _settled_string(self, value: str, key: str) -> str:
        for variable, known in sorted(self.variables.items(), key=lambda pair: -len(pair[1])):
            if len(known) >= 8:
                value = value.replace(known, "{" + variable + "}")
            elif key in SHORT_IDS_LIVE_IN:
                value = re.sub(rf"(?<![\w.-]){re.escape(known)}(?![\w.-])", "{" + variable + "}", value)
        value = re.sub(r"x{200,}", lambda run: "{long:" + str(len(run[0])) + "}", value)
        if key == "value" and value.startswith(("{", "[")):
            value = _ordered_json(value)
        if key == "experiment_id" and value.isdigit() and value != "0":
            return "<experiment id>"
        if key in {"run_name", "name", "value"} and GENERATED_NAME.match(value):
            return "<generated name>"
        value = re.sub(r"m-[0-9a-f]{32}", "<model id>", value)
        return re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", "<run id>", value)

    def _settled_text(self, response: http.client.HTTPResponse, content: bytes) -> str:
        text = content.decode("utf-8", "replace")
        if response.status >= 400 and response.headers.get_content_type() == "text/html":
            return "<html>"
        return self._settled_string(text, "text")


def problem_with(answer: Answer, expect: dict[str, Any]) -> str | None:
    """None if the answer is the expected one, else a sentence that shows both."""
    actual = answer.as_expectation()
    if actual["status"] == expect["status"] and _same(actual, expect):
        return None
    return f"expected {json.dumps(expect, ensure_ascii=False)}\n      answered {json.dumps(actual, ensure_ascii=False)}"


def _same(actual: dict[str, Any], expect: dict[str, Any]) -> bool:
    for part in ("json", "text", "headers"):
        if part in expect and (part not in actual or not _equal(actual[part], expect[part])):
            return False
    return True


def _equal(actual: Any, expected: Any) -> bool:
    """Equality of JSON: 1 and 1.0 are one number, true and 1 are not."""
    if isinstance(actual, bool) or isinstance(expected, bool):
        return actual is expected
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() == expected.keys() and all(_equal(actual[key], expected[key]) for key in expected)
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(_equal, actual, expected))
    return bool(actual == expected)


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def _ordered_json(text: str) -> str:
    """JSON inside a text, such as a tag, with its keys in order; any other text as it is."""
    try:
        return json.dumps(json.loads(text), sort_keys=True)
    except ValueError:
        return text


def _counted(item: Any, i: int) -> Any:
    return json.loads(json.dumps(item).replace("$i", str(i)))


def _value_at(value: Any, place: str) -> Any:
    """The value at a dotted path such as `run.info.run_id` or `runs.0.info`; None if there is none."""
    for part in place.split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return None
    return value


def _shown(answer: dict[str, Any], place: str) -> dict[str, Any]:
    """Of a page, only what tells its items apart: `runs.info.run_name` is the name of every run."""
    items, *rest = place.split(".")
    shown = [_value_at(item, ".".join(rest)) for item in answer.get(items, [])]
    token = {"next_page_token": answer["next_page_token"]} if "next_page_token" in answer else {}
    return {"shown": shown, **token}


def _shown_headers(step: dict[str, Any], response: http.client.HTTPResponse) -> dict[str, str]:
    if response.status >= 400:
        return {}
    return {name: response.headers[name] for name in step.get("show_headers", []) if response.headers[name]}
