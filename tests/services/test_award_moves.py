"""An award, its payments and its report: each move leaves exactly its rows, its event and its effects."""

from datetime import date

from fundapp.demo.stage import Stage
from fundapp.services import awards, bank_details, runs
from fundapp.services.deed import Office
from fundapp.services.transition import fire
from tests.services import world
from tests.services.leavings import NOW, leaves


def test_an_award_is_accepted_paid_and_reported_on(office: Office, stage: Stage) -> None:
    (bid,) = world.awarded(stage, 0)
    member, treasurer, officer = (stage.cast.actor(key) for key in ("member", "treasurer", "officer"))
    found = leaves(
        office,
        lambda: awards.accept(office, member, bid, awards.Signed("Sunita Rao"), stage.released),
        [
            (
                "award.accept",
                "applicant",
                "bid",
                "offered",
                "accepted",
                {},
                ["award", "award_answer", "letter"],
            ),
            ("report.open", "clock", None, None, "due", {}, ["report"]),
        ],
        added={"award_answer": 1, "letter": 1, "report": 1},
        changed={("award", 1): {"state": "accepted", "version": 2, "since": NOW, "accepted_at": NOW}},
        effects=["offer_accepted"],
    )
    account = bank_details.Details("Table Top", "business", "309634", "12345678")
    leaves(
        office,
        lambda: bank_details.give(office, member, bid, account, stage.released),
        [("payee.give", "applicant", "bid", None, "standing", {}, ["payee"])],
        added={"data_key": 1, "payee": 1},
        effects=["bank_details_given"],
    )
    assert (found.added["report"][0]["due_on"], found.bodies[1]["actor"]) == (date(2027, 3, 2), "clock")
    day = date(2026, 4, 1)
    found = leaves(
        office,
        lambda: awards.schedule(office, treasurer, bid, [awards.Instalment(200_000, day, "bank details")], stage.released),
        [("payment.schedule", "treasurer", "role_grant", None, "scheduled", {"amount_pence": 200_000},
          ["payment"])],
        added={"payment": 1},
        effects=["payment_approval_needed"],
    )  # fmt: skip
    made = found.added["payment"][0]
    assert (made["number"], made["amount_pence"], made["due_on"], made["needs"], made["scheduled_by"]) == (
        1, 200_000, day, "bank details", treasurer.person,
    )  # fmt: skip
    leaves(
        office,
        lambda: fire(office, officer, "payment", "approve", 1, stage.released),
        [("payment.approve", "officer", "role_grant", "scheduled", "approved", {}, ["payment"])],
        changed={
            ("payment", 1): {
                "state": "approved",
                "version": 2,
                "since": NOW,
                "approved_by": officer.person,
                "payee_id": 1,
            }
        },
    )
    leaves(
        office,
        lambda: runs.send(office, treasurer, stage.fund, [(1, 2)], stage.released),
        [
            ("run.made", "treasurer", None, None, None, {"number": 1, "payments": 1}, ["payment_run"]),
            ("payment.send", "treasurer", "role_grant", "approved", "sent", {}, ["payment"]),
        ],
        added={"payment_run": 1},
        changed={("payment", 1): {"state": "sent", "version": 3, "since": NOW, "sent_at": NOW, "run_id": 1}},
        effects=["seal", "payment_sent"],
    )
    leaves(
        office,
        lambda: fire(office, treasurer, "payment", "fail", 1, stage.released, {"reason": " Closed account "}),
        [("payment.fail", "treasurer", "role_grant", "sent", "failed", {}, ["payment"])],
        changed={
            ("payment", 1): {"state": "failed", "version": 4, "since": NOW, "failure": "Closed account"}
        },
        effects=["payment_failed"],
    )
    later = date(2026, 4, 8)
    leaves(
        office,
        lambda: fire(office, treasurer, "payment", "reschedule", 1, stage.released, {"due_on": later}),
        [("payment.reschedule", "treasurer", "role_grant", "failed", "scheduled", {}, ["payment"])],
        changed={("payment", 1): {
            "state": "scheduled", "version": 5, "since": NOW, "due_on": later, "approved_by": None, "payee_id": None,
            "run_id": None, "sent_at": None,
        }},
        effects=["payment_approval_needed"],
    )  # fmt: skip
    fire(office, officer, "payment", "approve", 1, stage.released)
    runs.send(office, treasurer, stage.fund, [(1, 6)], stage.released)
    leaves(
        office,
        lambda: fire(office, treasurer, "payment", "confirm", 1, stage.released, {"paid_on": later}),
        [("payment.confirm", "treasurer", "role_grant", "sent", "paid", {}, ["payment"])],
        changed={("payment", 1): {"state": "paid", "version": 8, "since": NOW, "paid_on": later}},
    )
    awards.schedule(office, treasurer, bid, [awards.Instalment(285_000, day)], stage.released)
    leaves(
        office,
        lambda: fire(office, treasurer, "payment", "cancel", 2, stage.released),
        [("payment.cancel", "treasurer", "role_grant", "scheduled", "cancelled", {}, ["payment"])],
        changed={("payment", 2): {"state": "cancelled", "version": 2, "since": NOW}},
    )
    told = {"amount_pence": 400_000, "reason": "Fewer weeks", "ends_on": date(2028, 5, 31)}
    found = leaves(
        office,
        lambda: fire(office, officer, "award", "propose", 1, stage.released, told),
        [("award.propose", "officer", "role_grant", "accepted", "accepted", {"amount_pence": 400_000},
          ["award", "variation"])],
        added={"variation": 1},
        changed={("award", 1): {"version": 3}},
        effects=["variation_proposed"],
    )  # fmt: skip
    found = leaves(
        office,
        lambda: fire(office, member, "award", "vary", 1, stage.released, {"agreed": True, "name": "Sunita Rao"}),
        [("award.vary", "applicant", "bid", "accepted", "accepted", {"amount_pence": 400_000},
          ["award", "letter", "variation", "award_answer", "letter"])],
        added={"award_answer": 1, "letter": 2},
        changed={
            ("award", 1): {"version": 4, "amount_pence": 400_000, "ends_on": date(2028, 5, 31)},
            ("variation", 1): {"outcome": "agreed", "ended_at": NOW},
        },
        effects=["variation_agreed"],
    )  # fmt: skip
    assert (found.added["letter"][0]["kind"], found.added["letter"][0]["number"]) == ("award", 2)
    assert found.added["letter"][0]["replaces_id"] == 1
    words = {"story": " It went well. ", "learned": "Ask first.", "spent_pence": 399_000, "people_reached": 94,
             "consent": True}  # fmt: skip
    filed = {"story": "It went well.", "learned": "Ask first.", "spent_pence": 399_000, "people_reached": 94,
             "consent": True, "filed_by": member.person, "filed_at": NOW}  # fmt: skip
    leaves(
        office,
        lambda: fire(office, member, "report", "file", 1, stage.released, words),
        [("report.file", "applicant", "bid", "due", "filed", {}, ["report"])],
        changed={("report", 1): {"state": "filed", "version": 2, "since": NOW, **filed}},
        effects=["report_filed"],
    )
    leaves(
        office,
        lambda: fire(office, officer, "report", "return", 1, stage.released, {"reason": "Say who came."}),
        [("report.return", "officer", "role_grant", "filed", "returned", {}, ["report"])],
        changed={
            ("report", 1): {
                "state": "returned",
                "version": 3,
                "since": NOW,
                "returned_reason": "Say who came.",
            }
        },
        effects=["report_returned"],
    )
    fire(office, member, "report", "file", 1, stage.released, words)
    leaves(
        office,
        lambda: fire(office, officer, "report", "accept", 1, stage.released),
        [("report.accept", "officer", "role_grant", "filed", "accepted", {}, ["report"])],
        changed={("report", 1): {
            "state": "accepted", "version": 5, "since": NOW, "accepted_by": officer.person, "accepted_at": NOW,
        }},
    )  # fmt: skip
    leaves(
        office,
        lambda: awards.finish(office, officer, bid, stage.released),
        [
            ("bid.report", "officer", "role_grant", "awarded", "reported", {}, ["bid"]),
            ("award.complete", "officer", "role_grant", "accepted", "complete", {}, ["award"]),
        ],
        changed={
            ("bid", bid): {"state": "reported", "version": 6, "since": NOW, "due_at": None},
            ("award", 1): {"state": "complete", "version": 5, "since": NOW},
        },
        effects=["report_accepted"],
    )
