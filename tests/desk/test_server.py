"""The server of `sozialraum start`: for this machine, this page and this token alone."""

import http.client
import json
import threading
import time

import pytest

from sozialraum.desk.server import Desk


@pytest.fixture
def desk(tmp_path):
    server = Desk(folder=tmp_path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server
    server.jobs.cancel()
    server.shutdown()
    server.server_close()


def ask(desk, path, order=None, *, token=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", desk.server_port, timeout=20)
    inside = f"/{desk.token if token is None else token}/{path}"
    if order is None:
        connection.request("GET", inside, headers=headers)
    else:
        headers = {"Content-Type": "application/json", **headers}
        connection.request("POST", inside, order if isinstance(order, bytes) else json.dumps(order), headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def ended(desk):
    end = time.monotonic() + 200
    while time.monotonic() < end:
        if desk.jobs.newest.end is not None:
            return desk.jobs.newest
        time.sleep(0.05)
    pytest.fail("the job did not end")
    return None


def work(desk, **order):
    assert json.loads(ask(desk, "api/start", order)[1])["job"] is not None
    ended(desk)
    return json.loads(ask(desk, "api/job")[1])["job"]


class TestWhoGetsIn:
    def test_the_page_is_there_for_who_knows_the_token(self, desk):
        answer, body = ask(desk, "")
        assert answer.status == 200
        assert "Sozialraumanalyse rechnen" in body.decode()
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"

    @pytest.mark.parametrize("token", ["", "x", "%00", "ä", "../.."])
    def test_nobody_else_gets_anything(self, desk, token):
        for path in ("", "api/folder", "api/job", "desk.js", "results/1/atlas.html"):
            answer, body = ask(desk, path, token=token.replace("ä", "%C3%A4"))
            assert (answer.status, body) == (404, b"")

    @pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example:80", ""])
    def test_a_name_that_another_server_gave_to_this_address_is_refused(self, desk, host):
        assert ask(desk, "", Host=host)[0].status == 404

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
    def test_another_page_cannot_give_orders(self, desk, origin, tmp_path):
        order = {"kind": "demo", "project": str(tmp_path / "new")}
        assert ask(desk, "api/start", order, Origin=origin)[0].status == 404
        assert desk.jobs.newest is None

    def test_it_listens_on_this_machine_alone(self, desk):
        assert desk.server_address[0] == "127.0.0.1"


class TestOrders:
    @pytest.mark.parametrize(
        "order",
        [
            b"", b"[]", b"{", b'{"kind": "run"}', b"[" * 60_000,
            {"kind": "rm", "project": "/"},
            {"kind": "run", "project": "a\0b"},
            {"kind": "run", "project": ["a"]},
            {"kind": "run", "project": ""},
            {"kind": "run", "project": "a", "audience": "all"},
            {"kind": "run", "project": "a", "language": "../x"},
            {"kind": "run", "project": "a", "documents": ["--x"]},
            {"kind": "run", "project": "a", "documents": "chapter"},
            {"kind": "run", "project": "a", "formats": ["exe"]},
        ],
    )  # fmt: skip
    def test_what_is_no_order_is_refused_and_starts_nothing(self, desk, order):
        assert ask(desk, "api/start", order)[0].status == 400
        assert desk.jobs.newest is None

    def test_a_very_long_order_is_not_read(self, desk):
        assert ask(desk, "api/start", b" " * 70_000)[0].status == 400

    def test_another_kind_of_content_is_refused(self, desk):
        order = {"kind": "check", "project": "a"}
        assert ask(desk, "api/start", order, **{"Content-Type": "text/plain"})[0].status == 400


class TestJobs:
    @pytest.mark.slow
    def test_check_run_and_results(self, desk, small_city, tmp_path):
        path = small_city()
        job = work(desk, kind="run", project=str(path), documents=["chapter"], formats=["html"])
        assert job["end"] == "done", job
        assert all(step["part"] == 1 for step in job["steps"].values())
        assert {"atlas.html", "results.csv", "report/chapter.html"} <= set(job["files"])

        answer, body = ask(desk, f"results/{job['number']}/atlas.html")
        assert body == (path.parent / "maps" / "atlas.html").read_bytes()
        assert answer.headers["Content-Security-Policy"].startswith("sandbox ")
        assert "allow-same-origin" not in answer.headers["Content-Security-Policy"]
        answer, _ = ask(desk, f"results/{job['number']}/results.csv")
        assert answer.headers["Content-Disposition"] == "attachment"

        (tmp_path / "secret").write_text("x")
        (path.parent / "maps" / "link").symlink_to(tmp_path / "secret")
        for name in ("../project.toml", "..%2Fproject.toml", "", ".", "link", "%2Fetc%2Fpasswd", "a%00b"):
            assert ask(desk, f"results/{job['number']}/{name}")[0].status == 404, name
        assert ask(desk, "results/99/atlas.html")[0].status == 404
        assert ask(desk, "results/²/atlas.html".replace("²", "%C2%B2"))[0].status == 404

    @pytest.mark.slow
    def test_the_demo_is_copied_and_chosen(self, desk, tmp_path):
        job = work(desk, kind="demo", project=str(tmp_path / "neu"))
        assert job["end"] == "done"
        assert job["project"] == str(tmp_path / "neu" / "project.toml")

    @pytest.mark.slow
    def test_a_missing_project_ends_in_a_message_and_is_the_only_job(self, desk, tmp_path):
        order = {"kind": "check", "project": str(tmp_path / "keins.toml")}
        assert json.loads(ask(desk, "api/start", order)[1])["job"]["number"] == 1
        assert json.loads(ask(desk, "api/start", order)[1])["job"] is None
        job = ended(desk)
        assert job.end == "problems"
        assert "keins.toml" in job.messages[0]["message"]
        assert job.messages[0]["severity"] == "error"

    @pytest.mark.slow
    def test_a_cancelled_job_says_so(self, desk, small_city):
        # Long enough that no machine is through before the order to stop arrives.
        long = '[assessment]\nindicators = ["unemployment"]\nresamples = 100000\n[statistics]'
        replaced = {"project": {"permutations = 499": "permutations = 9999999", "[statistics]": long}}
        order = {"kind": "run", "project": str(small_city(**replaced))}
        ask(desk, "api/start", order)
        while not desk.jobs.newest.steps:
            time.sleep(0.02)
        ask(desk, "api/cancel", {})
        assert ended(desk).end == "cancelled"

    def test_our_own_mistake_is_shown_as_one(self, desk, monkeypatch):
        monkeypatch.setattr("sozialraum.desk.jobs.json.dumps", lambda _: "not an order")
        desk.jobs.start({"kind": "check"})
        assert ended(desk).end == "failed"
        assert "JSONDecodeError" in desk.jobs.newest.trace


def test_the_page_can_end_the_program(tmp_path):
    server = Desk(folder=tmp_path)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    ask(server, "api/quit", {})
    thread.join(timeout=10)
    assert not thread.is_alive()
    server.server_close()
