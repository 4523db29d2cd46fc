"""What each move leaves behind: every row, column, event and effect of it, and nothing else in the whole database."""

from datetime import UTC, date, datetime, timedelta

from fundapp.demo.stage import Stage
from fundapp.domain import forms, likeness
from fundapp.services import rounds
from fundapp.services.deed import CLOCK, Office
from fundapp.services.transition import fire
from tests.services import world
from tests.services.leavings import DECIDE_BY, ENDORSE_BY, NOW, OFFER_UNTIL, PANEL_BY, leaves


def test_a_bid_is_begun_sent_and_backed(office: Office, stage: Stage) -> None:
    member, token = stage.cast.actor("member"), stage.cast.tokens["member"]
    done: list[int] = []
    found = leaves(
        office,
        lambda: done.append(
            fire(office, member, "bid", "start", None, stage.during, {"key": "k1"}, parent=stage.round).id
        ),
        [("bid.start", "member", "role_grant", None, "draft", {}, ["bid"])],
        by=token,
        added={"bid": 1, "draft": 1},
    )
    (bid,) = done
    made = found.added["bid"][0]
    assert (made["state"], made["version"], made["due_at"], made["source_key"]) == (
        "draft", 1, world.CLOSES, "k1",
    )  # fmt: skip
    assert made["since"] == made["created_at"] == found.added["audit_event"][0]["at"]
    assert (made["applicant_id"], made["amount_pence"], made["version_number"]) == (
        stage.cast.persons["member"], 0, 0,
    )  # fmt: skip

    from fundapp.demo import projects
    from fundapp.services import drafts

    answers = projects.answers(world.project(0), stage.cast.areas, stage.cast.holdings)
    saved = world.change(office, lambda: drafts.save(office, member, bid, answers, 1, stage.during))
    assert (saved.added, set(saved.changed)) == ({}, {("draft", 1)}), "what is being written is no event"

    found = leaves(
        office,
        lambda: stage.submit(bid),
        [("bid.submit", "applicant", "bid", "draft", "submitted", {"version": 1, "request": 1},
          ["bid", "bid_version", "endorsement_request"])],
        by=token,
        added={
            "bid_version": 1, "endorsement_request": 1, "organisation": 1, "likeness": len(likeness.marks(answers)),
        },
        changed={("bid", bid): {
            "state": "submitted", "version": 2, "since": NOW, "due_at": ENDORSE_BY, "organisation_id": 1,
            "area_id": stage.cast.areas["E05900011"], "title": answers["title"], "amount_pence": 485_000,
            "version_number": 1, "holding_id": stage.cast.holdings["councillor"],
        }},
        effects=["endorsement_request", "receipt"],
    )  # fmt: skip
    frozen = found.added["bid_version"][0]
    left_out = {"representative", "organisation_id"}  # whom it asks, and what stayed empty
    assert frozen["answers"] == {name: value for name, value in answers.items() if name not in left_out}
    assert (frozen["number"], frozen["amount_pence"]) == (1, 485_000)
    assert frozen["sha256"] == forms.sha256_of(forms.answered(forms.FUND_QUESTIONS, answers))

    found = leaves(
        office,
        lambda: stage.endorse(bid),
        [("bid.endorse", "representative", "office_holding", "submitted", "endorsed", {"identified": "link"},
          ["bid", "endorsement", "endorsement_request"])],
        by=stage.cast.tokens["councillor"],
        added={"endorsement": 1},
        changed={
            ("bid", bid): {"state": "endorsed", "version": 3, "since": NOW, "due_at": PANEL_BY,
                           "backed_sha256": frozen["sha256"]},
            ("endorsement_request", 1): {"answered_at": NOW},
        },
        effects=["endorsed", "endorsement_copy"],
    )  # fmt: skip
    said = found.added["endorsement"][0]
    assert (said["answer"], said["identified"], said["person_id"], said["bid_version_id"]) == (
        "endorse", "link", stage.cast.persons["councillor"], frozen["id"],
    )  # fmt: skip
    assert said["recorded_by"] is None
    assert said["checked"] == {
        "office": "councillor", "area": "E05900011", "from": "2024-05-02", "to": "2032-05-06", "source": "directory",
        "on": "2026-02-02", "in_office": True, "covers": True,
    }  # fmt: skip
    assert found.bodies[0]["move"] == {
        "life": "bid", "of": ["bid", bid], "policy": ["communities", 3], "name": "endorse",
        "from": "submitted", "to": "endorsed",
        "guards": ["round_not_releasing", "before_endorsement_deadline", "in_office_for_area", "endorser_apart",
                   "apart_from_applicant", "no_interest_declared", "statement_given",
                   "written_answer_has_its_file"],
    }  # fmt: skip


def test_the_panel_reads_and_decides(office: Office, stage: Stage) -> None:
    (bid,) = world.endorsed(stage, 0)
    officer, chair = stage.cast.actor("officer"), stage.cast.tokens["chair"]
    leaves(
        office,
        lambda: fire(office, CLOCK, "round", "close", stage.round, stage.after),
        [("round.close", "clock", None, "open", "closed", {}, ["round"])],
        by="clock",
        changed={("round", stage.round): {"state": "closed", "version": 3, "since": NOW}},
    )
    leaves(
        office,
        lambda: fire(office, officer, "round", "start_panel", stage.round, stage.after),
        [("round.start_panel", "officer", "role_grant", "closed", "panel", {}, ["round"])],
        by=officer.token,
        changed={("round", stage.round): {"state": "panel", "version": 4, "since": NOW}},
    )
    found = world.change(office, lambda: stage.assign([bid], ("reviewer", "reviewer2", "reviewer3")))
    assert (found.counts, found.touched()) == ({"assignment": 3, "outbox": 3}, set())
    for turn, reviewer in enumerate(("reviewer", "reviewer2", "reviewer3"), 1):
        found = leaves(
            office,
            lambda reviewer=reviewer: stage.review(bid, reviewer, (5, 4, 3, 2, 1)),
            [("bid.review", "assigned_reviewer", "assignment", "endorsed", "endorsed", {"number": 1},
              ["review", *["score"] * 5, "assignment"])],
            by=stage.cast.tokens[reviewer],
            added={"review": 1, "score": 5},
            changed={("assignment", turn): {"version": 1}},
        )  # fmt: skip
        # 5·25 + 4·20 + 3·15 + 2·25 + 1·15 hundredths
        assert found.added["review"][0]["total"] == 315
        assert {row["criterion"]: row["value"] for row in found.added["score"]} == {
            "link": 5, "wins": 4, "new": 3, "plan": 2, "leaders": 1,
        }  # fmt: skip
    leaves(
        office,
        lambda: stage.conclude(bid),
        [("bid.conclude", "chair", "role_grant", "endorsed", "reviewed", {"moderated": False}, ["bid"])],
        by=chair,
        changed={("bid", bid): {"state": "reviewed", "version": 4, "since": NOW, "due_at": DECIDE_BY}},
    )
    leaves(
        office,
        lambda: fire(office, stage.cast.actor("chair"), "bid", "reopen", bid, stage.after),
        [("bid.reopen", "chair", "role_grant", "reviewed", "endorsed", {}, ["bid"])],
        changed={("bid", bid): {"state": "endorsed", "version": 5, "since": NOW, "due_at": PANEL_BY}},
    )
    stage.conclude(bid)
    found = leaves(
        office,
        lambda: stage.decide(bid, "decline"),
        [("bid.decide", "chair", "role_grant", "reviewed", "reviewed", {}, ["decision"])],
        by=chair,
        added={"decision": 1},
    )
    staged = found.added["decision"][0]
    assert (staged["outcome"], staged["amount_pence"], staged["version"]) == ("decline", 0, 1)
    found = world.change(office, lambda: stage.decide(bid, "award", 300_000))
    redecided = found.changed["decision", staged["id"]]
    assert {name: redecided[name] for name in ("outcome", "amount_pence", "version")} == {
        "outcome": "award", "amount_pence": 300_000, "version": 2,
    }  # fmt: skip
    assert world.one(office, "bid", id=bid)["version"] == 6, "a self-move leaves the bid's version alone"


def test_a_round_is_released_and_every_decision_published_at_once(office: Office, stage: Stage) -> None:
    won, lost = world.reviewed(stage, 0, 1)
    stage.decide(won, "award", 300_000)
    stage.decide(lost, "decline")
    leaves(
        office,
        lambda: fire(office, stage.cast.actor("chair"), "round", "release", stage.round, stage.after),
        [("round.release", "chair", "role_grant", "panel", "releasing", {}, ["round"])],
        changed={("round", stage.round): {
            "state": "releasing", "version": 5, "since": NOW, "publish_at": stage.after + timedelta(minutes=10),
        }},
    )  # fmt: skip
    leaves(
        office,
        lambda: fire(office, stage.cast.actor("officer"), "round", "undo", stage.round, stage.after),
        [("round.undo", "officer", "role_grant", "releasing", "panel", {}, ["round"])],
        changed={("round", stage.round): {"state": "panel", "version": 6, "since": NOW, "publish_at": None}},
    )
    fire(office, stage.cast.actor("chair"), "round", "release", stage.round, stage.after)
    found = leaves(
        office,
        lambda: rounds.publish(office, stage.round, stage.released),
        [
            ("bid.award", "clock", None, "reviewed", "awarded", {"amount_pence": 300_000}, ["bid"]),
            ("bid.decline", "clock", None, "reviewed", "declined", {}, ["bid", "letter"]),
            ("award.offer", "clock", None, None, "offered", {}, ["award", "letter"]),
            ("round.publish", "clock", None, "releasing", "released", {}, ["round"]),
        ],
        by="clock",
        added={"award": 1, "letter": 2},
        changed={
            ("bid", won): {"state": "awarded", "version": 5, "since": NOW, "due_at": OFFER_UNTIL},
            ("bid", lost): {"state": "declined", "version": 5, "since": NOW, "due_at": None},
            ("round", stage.round): {"state": "released", "version": 8, "since": NOW, "publish_at": None},
        },
        effects=["letters_of_round", "seal", "released_award", "released_decline"],
    )
    award = found.added["award"][0]
    assert (award["bid_id"], award["state"], award["version"], award["amount_pence"], award["offer_until"]) == (
        won, "offered", 1, 300_000, OFFER_UNTIL,
    )  # fmt: skip
    assert (award["starts_on"], award["ends_on"]) == (date(2027, 9, 1), date(2028, 7, 31))
    assert {(row["bid_id"], row["kind"], row["number"]) for row in found.added["letter"]} == {
        (won, "award", 1), (lost, "feedback", 1),
    }  # fmt: skip
    leaves(
        office,
        lambda: fire(office, stage.cast.actor("officer"), "round", "archive", stage.round, stage.released),
        [("round.archive", "officer", "role_grant", "released", "archived", {}, ["round"])],
        changed={("round", stage.round): {"state": "archived", "version": 9, "since": NOW}},
    )


def test_the_ways_out_before_the_panel(office: Office, stage: Stage) -> None:
    refused, sent_back, withdrawn, ruled_out, lapsed = (world.submitted(stage, n) for n in range(5))
    councillor, officer = stage.cast.actor("councillor", "link"), stage.cast.actor("officer")
    leaves(
        office,
        lambda: fire(office, councillor, "bid", "refuse", refused, stage.during, {"reason": " No. "}),
        [("bid.refuse", "representative", "office_holding", "submitted", "not_endorsed", {"identified": "link"},
          ["bid", "endorsement", "endorsement_request"])],
        added={"endorsement": 1},
        changed={
            ("bid", refused): {"state": "not_endorsed", "version": 3, "since": NOW, "due_at": None},
            ("endorsement_request", 1): {"answered_at": NOW},
        },
        effects=["refused"],
    )  # fmt: skip
    assert world.one(office, "endorsement")["statement"] == "No."
    grace = datetime(2026, 2, 16, 17, 0, tzinfo=UTC)  # 14 days after 2 February, the middle of the round
    leaves(
        office,
        lambda: fire(office, officer, "bid", "send_back", sent_back, stage.during, {"reason": "Who leads?"}),
        [("bid.send_back", "officer", "role_grant", "submitted", "returned", {"voided": 2},
          ["bid", "endorsement_request", "remark"])],
        added={"remark": 1},
        changed={
            ("bid", sent_back): {"state": "returned", "version": 3, "since": NOW, "due_at": grace},
            ("endorsement_request", 2): {"void_at": NOW},
        },
        effects=["sent_back"],
    )  # fmt: skip
    for bid, actor, move, state, inputs, params, effect in (
        (withdrawn, stage.cast.actor("member"), "withdraw", "withdrawn", {}, {}, "withdrawn"),
        (ruled_out, officer, "rule_out", "ineligible", {"reason": "twice"}, {"reason": "twice"}, "ruled_out"),
        (lapsed, CLOCK, "lapse", "lapsed", {}, {}, "lapsed"),
    ):  # fmt: skip
        at = ENDORSE_BY + timedelta(minutes=5) if move == "lapse" else stage.during
        role = {
            "withdraw": ("applicant", "bid"),
            "rule_out": ("officer", "role_grant"),
            "lapse": ("clock", None),
        }
        leaves(
            office,
            lambda actor=actor, move=move, bid=bid, at=at, inputs=inputs: fire(
                office, actor, "bid", move, bid, at, inputs
            ),
            [(f"bid.{move}", *role[move], "submitted", state, {**params, "voided": bid},
              ["bid", "endorsement_request"])],
            changed={
                ("bid", bid): {"state": state, "version": 3, "since": NOW, "due_at": None},
                ("endorsement_request", bid): {"void_at": NOW},
            },
            effects=[effect],
        )  # fmt: skip


def test_a_round_is_planned_and_opened(office: Office, stage: Stage) -> None:
    officer = stage.cast.actor("officer")
    terms = {"code": "R2", "title": "Next", "opens_at": world.OPENS, "closes_at": world.CLOSES,
             "budget_pence": 700}  # fmt: skip
    before = world.OPENS - timedelta(seconds=1)
    found = leaves(
        office,
        lambda: rounds.plan(office, officer, stage.fund, terms, before),
        [("round.plan", "officer", "role_grant", None, "planned", {}, ["round", "form_version"])],
        by=officer.token,
        added={"round": 1, "form_version": 1},
    )
    made = found.added["round"][0]
    assert (made["state"], made["version"], made["budget_pence"], made["min_pence"], made["max_pence"]) == (
        "planned", 1, 700, 100, 700,
    )  # fmt: skip
    assert (made["endorse_by"], made["panel_by"], made["decide_by"]) == (ENDORSE_BY, PANEL_BY, DECIDE_BY)
    refused = world.refusal_of(lambda: fire(office, CLOCK, "round", "open", made["id"], before))
    assert refused == ["round_not_open_yet"]
    leaves(
        office,
        lambda: fire(office, CLOCK, "round", "open", made["id"], world.OPENS),
        [("round.open", "clock", None, "planned", "open", {}, ["round"])],
        changed={("round", made["id"]): {"state": "open", "version": 2, "since": NOW}},
    )
