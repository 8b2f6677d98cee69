"""The server is killed while eight clients write: what it acknowledged is there, and nobody was told anything wrong."""

import http.client
import json
import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hito.store.sqlite import SqliteDatabase

API = "/api/2.0/mlflow/"
KILLS = 20
CLIENTS = 8


@dataclass(eq=False)
class Client(threading.Thread):
    """Writes until told to stop, each thing once, and keeps what was acknowledged."""

    number: int
    port: int
    over: threading.Event
    run_id: str = ""
    points: list[int] = field(default_factory=list)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    lost: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def run(self) -> None:
        step = 0
        while not self.over.is_set():
            step += 1
            if self.say("runs/log-metric", key="m", value=step * 0.5, timestamp=step, step=step):
                self.points.append(step)
            if step % 5 == 0 and self.say("runs/log-parameter", key=f"p{step}", value=str(step)):
                self.params[f"p{step}"] = str(step)
            if step % 7 == 0 and self.say("runs/set-tag", key=f"t{step}", value=str(step)):
                self.tags[f"t{step}"] = str(step)
            if step % 11 == 0:
                batch = [{"key": "b", "value": i, "timestamp": step, "step": step * 100 + i} for i in range(50)]
                self.say("runs/log-batch", metrics=batch)
        self.connection.close()

    def say(self, endpoint: str, **fields: Any) -> bool:
        """Whether the server acknowledged; False when it was gone. Any other answer is noted as wrong."""
        try:
            body = json.dumps({"run_id": self.run_id, **fields})
            self.connection.request("POST", API + endpoint, body, {"Content-Type": "application/json"})
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.lost += 1
            time.sleep(0.02)
            return False
        if answer.status != 200:
            self.wrong.append(f"{endpoint} {fields}: {answer.status} {content[:200]!r}")
            return False
        return True


def test_every_acknowledged_write_survives_twenty_kills_under_load(make_server: Any, tmp_path: Path) -> None:
    chance = random.Random(7)
    server = make_server(folder=tmp_path)
    port = int(server.url.rpartition(":")[2])
    over = threading.Event()
    clients = [Client(number, port, over) for number in range(CLIENTS)]
    for client in clients:
        client.run_id = ask(port, "POST", "runs/create", {"experiment_id": "0"})["run"]["info"]["run_id"]
        client.start()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.05, 0.4))
        kill(server.pid)
        server.process.wait(20)
        server = make_server(folder=tmp_path, port=port)
    time.sleep(0.2)
    over.set()
    for client in clients:
        client.join(30)

    assert [client.wrong for client in clients if client.wrong] == []
    assert all(client.lost for client in clients), "the server was killed while they were writing"
    acknowledged = 0
    for client in clients:
        data = ask(port, "GET", f"runs/get?run_id={client.run_id}")["run"]["data"]
        history = ask(port, "GET", f"metrics/get-history?run_id={client.run_id}&metric_key=m")["metrics"]
        steps = [point["step"] for point in history]
        assert set(client.points) <= set(steps)
        assert len(steps) == len(set(steps)), "a point is there twice"
        assert all(point["value"] == point["step"] * 0.5 for point in history)
        assert client.params.items() <= {pair["key"]: pair["value"] for pair in data["params"]}.items()
        assert client.tags.items() <= {pair["key"]: pair["value"] for pair in data["tags"]}.items()
        batch = ask(port, "GET", f"metrics/get-history?run_id={client.run_id}&metric_key=b").get("metrics", [])
        assert len(batch) % 50 == 0, "a batch is there in part"
        acknowledged += len(client.points) + len(client.params) + len(client.tags)
    server.stop()
    assert acknowledged > 500
    database = SqliteDatabase(tmp_path / "hito.db")
    assert database.check() == []
    database.close()


def kill(pid: int) -> None:
    """`kill -9` of the process that listens and of its workers."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in (pid, *map(int, children)):
        os.kill(one, signal.SIGKILL)


def ask(port: int, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, API + path, json.dumps(body) if body else None, headers)
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    assert answer.status == 200, content
    return content
