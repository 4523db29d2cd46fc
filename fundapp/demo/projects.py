"""Invented projects for the demo."""

from collections.abc import Iterator
from typing import Any

#: (title, group, ward, representative, asks in pounds, budget lines in pounds)
PROJECTS: tuple[tuple[str, str, str, str, int, tuple[tuple[str, int], ...]], ...] = (
    ("From Allotment to Table: a weekly community kitchen, seed library and after-school cookery club for families in "
     "Upper Millbeck, Netherdale and the Thornley Cross estate", "Millbeck Growers", "E05900011", "councillor", 4850,
     (("Kitchen hire", 2280), ("Cookery leader", 1900), ("Food and pans", 430), ("Seeds and compost", 240))),
    ("Caffi Trwsio Tŷ’r Bont", "Cymdeithas Tŷ’r Bont", "W05900021", "councillor2", 3200,
     (("Tools", 1400), ("Hall", 1200), ("Training", 600))),
    ("Saturday sports for girls who hate sport", "Harlow Bridge Youth", "E05900012", "mayor", 2950,
     (("Coaches", 1950), ("Pitch", 700), ("Kit", 300))),
    ("Mend the path to Gallows Wood", "Friends of Gallows Wood", "E05900013", "mayor", 4200,
     (("Stone and gravel", 2600), ("Digger hire", 1200), ("Gloves and spades", 400))),
    ("A warm room and a lathe", "Netherdale Men’s Shed", "E05900012", "mayor", 4750,
     (("Lathe", 2400), ("Heating", 1600), ("Wood", 750))),
    ("Stairwell neighbours: lunch on every landing", "Castlehaugh Tenants", "E05900011", "councillor", 2400,
     (("Food", 1500), ("Tables", 600), ("Leaflets", 300))),
    ("A defibrillator and thirty trained hands", "Cwm Hirfynydd Community Council", "W05900021", "councillor2", 2650,
     (("Defibrillator", 1450), ("Cabinet", 500), ("Training", 700))),
    ("Harbour choir, second voices", "Portnessan Singers", "E05900011", "councillor", 1650,
     (("Conductor", 1000), ("Rehearsal room", 450), ("Music", 200))),
    ("Clwb Cinio Gŵyl y Gwanwyn", "Merched y Wawr Aberwenfa", "W05900021", "councillor2", 1800,
     (("Bwyd", 1100), ("Neuadd", 500), ("Cludiant", 200))),
    ("A bench for every bus stop", "Thornley Cross Forum", "E05900013", "mayor", 3600,
     (("Benches", 2900), ("Fixing", 700))),
    ("Bulbs on Alma Road", "Alma Road Street Party", "E05900011", "councillor", 520, (("Bulbs", 400), ("Tools", 120))),
    ("Homework club above the library", "Netherdale Learners", "E05900012", "mayor", 4100,
     (("Tutors", 2900), ("Books", 700), ("Snacks", 500))),
)  # fmt: skip


def projects(count: int) -> Iterator[dict[str, Any]]:
    """So many projects: the list above, then again with a number in the title."""
    for number in range(count):
        title, group, ward, representative, asks, lines = PROJECTS[number % len(PROJECTS)]
        again = number // len(PROJECTS)
        yield {
            "title": f"{title} {again + 1}" if again else title,
            "organisation": f"{group} {again + 1}" if again else group,
            "ward": ward,
            "representative": representative,
            "amount_pence": asks * 100,
            "budget": [{"what": what, "pence": pounds * 100} for what, pounds in lines],
        }


def answers(project: dict[str, Any], areas: dict[str, int], holdings: dict[str, int]) -> dict[str, Any]:
    """The whole form for a project."""
    return {
        "title": project["title"],
        "summary": (
            "Every Thursday in term, families cook a meal from what the allotments grew that week, eat it together and "
            "take the recipe home. Seeds are lent like library books."
        ),
        "people": "85 people in 40 families",
        "area": areas[project["ward"]],
        "starts_on": "2027-09-01",
        "ends_on": "2028-07-31",
        "organisation": project["organisation"],
        "organisation_id": "",
        "address": "Allotment Lodge, 18 Hawthorn Bank\nNetherdale, Millbeck MB3 7QT",
        "party_link": "The branch and the group run it together: two of its members sit on the committee from the start.",
        "helps_win": "Ninety-seven homes said on the doorstep that they would come. They will see who made it happen.",
        "new_approach": "Nobody here has joined growing, cooking and lending before. Others can copy the lending shelf.",
        "leaders": "Two volunteers lead; four learn to run an evening, take a booking and keep the accounts.",
        "amount_pence": project["amount_pence"],
        "budget": project["budget"],
        "representative": holdings[project["representative"]],
        "declarations": ["lawful", "report", "true"],
    }
