"""Payments to approve, rounds, people and what is stuck."""

from datetime import timedelta

from sqlalchemy import text

from tests.cast import Cast


def test_payments_are_approved_after_one_look(cast: Cast) -> None:
    bid = cast.bid("accepted")
    first, second = bid.stage.pay(bid.id, paid=0)
    client = cast.client("officer")
    chosen = [f"{first}:1", f"{second}:1"]
    look = client.get("/payments", query_string={"pay": chosen}).text
    assert "Approve 2 payments, £2,000.00" in look
    states = "SELECT group_concat(state) FROM payment"
    assert cast.value(states) == "scheduled,scheduled"
    assert client.post("/payments", data={}).status_code == 422
    assert client.post("/payments", data={"pay": [f"{first}:7"]}).status_code == 409
    assert client.post("/payments", data={"pay": ["99999:1"]}).status_code == 409
    assert client.post("/payments", data={"pay": chosen}).status_code == 303
    assert cast.value(states) == "approved,approved"
    assert client.post("/payments", data={"pay": chosen}).status_code == 409


def test_a_round_is_planned_and_taken_on(cast: Cast) -> None:
    client = cast.client("officer")
    day = (cast.now + timedelta(days=30)).date()
    given = {
        "fund": cast.fund, "code": "SPRING-1", "title": "Spring", "opens": str(day), "closes": str(day + timedelta(days=9)),
        "budget": "10,000",
    }  # fmt: skip
    for field, wrong in (
        ("code", "a b"),
        ("title", ""),
        ("opens", "soon"),
        ("budget", "lots"),
        ("fund", "77"),
    ):
        answer = client.post("/rounds-desk/add", data=given | {field: wrong})
        assert answer.status_code == 422, field
        assert f'href="#{field}"' in answer.text
    empty = client.post("/rounds-desk/add", data={"fund": cast.fund}).text
    assert '<a href="#opens">Give the first day, such as 1 February 2027.</a>' in empty
    assert '<a href="#closes">Give the last day, such as 31 March 2027.</a>' in empty
    assert (
        client.post("/rounds-desk/add", data=given | {"closes": str(day - timedelta(days=9))}).status_code
        == 422
    )
    assert client.post("/rounds-desk/add", data=given).headers["Location"] == "/rounds-desk/SPRING-1"
    assert client.post("/rounds-desk/add", data=given).status_code == 422
    assert cast.value("SELECT budget_pence FROM round WHERE code = 'SPRING-1'") == 1_000_000
    assert "Open the round: not yet. The round is not open yet." in client.get("/rounds-desk/SPRING-1").text
    assert client.post("/rounds-desk/SPRING-1/open").status_code == 409
    assert client.post("/rounds-desk/SPRING-1/release").status_code == 404


def test_a_panel_is_started(cast: Cast) -> None:
    bid = cast.endorsed(1)[0]
    client = cast.client("officer")
    assert client.post(f"/rounds-desk/{bid.code}/close").status_code == 303
    assert f"Start the panel of Round {bid.code[-1]}" in client.get("/desk").text
    assert client.post(f"/rounds-desk/{bid.code}/start_panel").status_code == 303
    assert cast.value("SELECT state FROM round WHERE code = :code", code=bid.code) == "panel"


def test_an_open_round_closes_by_itself_and_says_so(cast: Cast) -> None:
    bid = cast.bid("draft")
    page = cast.client("officer").get(f"/rounds-desk/{bid.code}").text
    assert "Close the round: not yet. The round is still open. It closes by itself at " in page
    assert "Try again" not in page


def test_people_are_entered_and_roles_given_and_ended(cast: Cast) -> None:
    # The demo's officer runs one fund: nobody can be given a role in every fund by them.
    client = cast.client("officer")
    given = {"name": "Orla Finnegan", "email": "Orla@Example.org ", "role": "chair", "fund": cast.fund}
    for field, wrong in (("name", ""), ("email", "orla"), ("role", "king"), ("fund", "")):
        assert client.post("/people/add", data=given | {field: wrong}).status_code == 422, field
    empty = client.post("/people/add", data={"fund": cast.fund}).text
    summary = empty.partition('role="alert"')[2].partition("</div>")[0]
    told = ["Give their name.", "Give their email address.", "Choose the role."]
    assert [words for words in told if f">{words}</a>" in summary] == told
    assert "is not an email address" not in client.post("/people/add", data=given | {"email": " "}).text
    new = client.post("/people/add", data=given).headers["Location"]
    assert "<strong>Chair</strong>" in client.get(new).text
    grant = cast.value("SELECT id FROM role_grant ORDER BY id DESC LIMIT 1")
    assert client.post(f"{new}/end", data={"grant": grant}).status_code == 303
    assert client.post(f"{new}/end", data={"grant": grant}).status_code == 409
    assert "They hold no role." in client.get(new).text
    assert client.get("/people/999999").status_code == 404


def test_an_officer_cannot_end_their_own_role(cast: Cast) -> None:
    person = cast.person("officer")
    grant = cast.value("SELECT id FROM role_grant WHERE person_id = :p AND role = 'officer'", p=person)
    answer = cast.client("officer").post(f"/people/{person}/end", data={"grant": grant})
    assert answer.status_code == 409
    assert "Ask another officer" in answer.text


def test_what_is_stuck_is_tried_again(cast: Cast) -> None:
    cast.bid("submitted")
    client = cast.client("officer")
    assert "Nothing is stuck" in client.get("/stuck").text
    with cast.office.db.write() as conn:
        conn.execute(text("UPDATE outbox SET failed_at = created_at, last_error = 'No such letterbox.'"))
        number = conn.execute(text("SELECT min(id) FROM outbox")).scalar_one()
    assert "No such letterbox." in client.get("/stuck").text
    assert client.post(f"/stuck/{number}/again").status_code == 303
    assert cast.value("SELECT failed_at FROM outbox WHERE id = :id", id=number) is None
