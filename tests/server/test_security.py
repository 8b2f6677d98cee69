"""Who may speak to the server: names, origins, and what a browser is told."""

import pytest

from hito.server.security import Gate


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "0.0.0.0", "192.168.1.9:80", "10.0.0.1", "172.16.0.1",
     "172.31.255.1:1", "[fd00::1]:5000", "LOCALHOST:5000"],
)  # fmt: skip
def test_by_default_this_machine_and_private_networks_are_admitted(host: str) -> None:
    assert Gate().admits_host(host)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:5000", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.evil.example",
     "10.evil.example", "172.15.0.1", "172.32.0.1", "", "8.8.8.8", "[2001:db8::1]", "localhost:5000@evil.example",
     "127.0.0.1:5000.evil.example"],
)  # fmt: skip
def test_a_name_that_was_bound_to_this_address_by_others_is_not_admitted(host: str) -> None:
    assert not Gate().admits_host(host)


def test_a_list_of_hosts_replaces_the_default() -> None:
    gate = Gate(["hito.example", "*.lab.example"])
    assert gate.admits_host("hito.example:5000")
    assert gate.admits_host("a.lab.example")
    assert not gate.admits_host("localhost")


def test_a_star_admits_every_host() -> None:
    assert Gate(["*"]).admits_host("anything.example:1")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_write_by_a_foreign_page_is_refused(method: str) -> None:
    gate = Gate()
    assert gate.refuses_write(method, "/api/2.0/mlflow/runs/create", "https://evil.example")
    assert gate.refuses_write(method, "/ajax-api/2.0/mlflow/runs/create", "null")
    assert not gate.refuses_write(method, "/api/2.0/mlflow/runs/create", "http://localhost:3000")
    assert not gate.refuses_write(method, "/api/2.0/mlflow/runs/create", None)


def test_a_local_origin_is_told_apart_from_one_that_begins_alike() -> None:
    gate = Gate()
    assert not gate.admits_origin("http://localhost.evil.example")
    assert not gate.admits_origin("http://localhost:5000.evil.example")
    assert gate.cors("http://127.0.0.1:8000")[0] == ("access-control-allow-origin", "http://127.0.0.1:8000")
    assert gate.cors("https://evil.example") == []


def test_a_star_for_origins_admits_all_without_credentials() -> None:
    assert ("access-control-allow-origin", "*") in Gate(origins=["*"]).cors("https://any.example")
    assert not any(
        name == "access-control-allow-credentials" for name, _ in Gate(origins=["*"]).cors("https://any.example")
    )
