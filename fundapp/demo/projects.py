"""Invented projects for the demo."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from fundapp.demo.voices import VOICES, Voice

#: A project's ward, the representative it asks, and where the letters of its group go.
_PLACES: Final = {
    "east": ("E05900011", "councillor", "{number} Hawthorn Bank\nMillbeck MB3 7{unit}"),
    "nether": ("E05900012", "mayor", "{number} Mill Lane\nNetherdale, Millbeck MB4 2{unit}"),
    "cross": ("E05900013", "mayor", "{number} Cross Street\nThornley Cross, Millbeck MB6 1{unit}"),
    "llan": ("W05900021", "councillor2", "{number} Heol y Bont\nLlanfair-y-dŵr LD99 4{unit}"),
}

#: (kind, title, group, place, what it pays for in pounds, summary, whom it reaches)
PROJECTS: Final[tuple[tuple[str, str, str, str, tuple[tuple[str, int], ...], str, str], ...]] = (
    ("food", "From Allotment to Table: a weekly community kitchen, seed library and after-school cookery club for families in "
     "Upper Millbeck, Netherdale and the Thornley Cross estate", "Millbeck Growers", "east",
     (("Kitchen hire", 2280), ("Cookery leader", 1900), ("Food and pans", 430), ("Seeds and compost", 240)),
     "Every Thursday in term, families cook a meal from what the allotments grew that week, eat it together and take the recipe "
     "home. Seeds are lent like library books.", "85 people in 40 families"),
    ("mend", "Caffi Trwsio Tŷ’r Bont", "Cymdeithas Tŷ’r Bont", "llan", (("Tools", 1400), ("Hall", 1200), ("Training", 600)),
     "A repair café on the first Saturday of the month, in Welsh and English: bring what is broken, learn to mend it, stay for "
     "tea.", "About 30 people each month"),
    ("youth", "Saturday sports for girls who hate sport", "Harlow Bridge Youth", "nether",
     (("Coaches", 1950), ("Pitch", 700), ("Kit", 300)),
     "Ninety minutes on Saturday mornings for girls of 11 to 15, with no teams and no scores. They choose the game each week.",
     "40 girls of 11 to 15"),
    ("green", "Mend the path to Gallows Wood", "Friends of Gallows Wood", "cross",
     (("Stone and gravel", 2600), ("Digger hire", 1200), ("Gloves and spades", 400)),
     "Three hundred metres of mud become a path that takes a pushchair and a wheelchair, from the bus stop to the wood.",
     "Everybody on the estate; some 200 walk it each week"),
    ("mend", "A warm room and a lathe", "Netherdale Men’s Shed", "nether", (("Lathe", 2400), ("Heating", 1600), ("Wood", 750)),
     "The shed stays open through the winter: a heated workroom on three afternoons, and a lathe to teach turning on.",
     "26 men, most of them over 60"),
    ("food", "Stairwell neighbours: lunch on every landing", "Castlehaugh Tenants", "east",
     (("Food", 1500), ("Tables", 600), ("Crockery", 300)),
     "Once a month each of the twelve stairwells has lunch on its own landing, cooked by one floor for the others.",
     "144 flats in twelve stairwells"),
    ("safe", "A defibrillator and thirty trained hands", "Cwm Hirfynydd Community Council", "llan",
     (("Defibrillator", 1450), ("Cabinet", 500), ("Training", 700)),
     "A defibrillator on the wall of the chapel, and thirty neighbours who have learnt to use it and to keep a heart going.",
     "Two villages, 900 people"),
    ("song", "Harbour choir, second voices", "Portnessan Singers", "east",
     (("Conductor", 1000), ("Rehearsal room", 450), ("Music", 200)),
     "A second choir on Tuesday afternoons for those who cannot come in the evening: carers, shift workers, the retired.",
     "35 singers"),
    ("food", "Clwb Cinio Gŵyl y Gwanwyn", "Merched y Wawr Aberwenfa", "llan",
     (("Bwyd", 1100), ("Neuadd", 500), ("Cludiant", 200)),
     "Cinio poeth bob dydd Mercher o Ionawr i Ebrill, a char i’r rhai na all gerdded yno. A hot lunch every Wednesday of the "
     "late winter, with a lift for those who cannot walk to it.", "30 older people"),
    ("green", "A bench for every bus stop", "Thornley Cross Forum", "cross", (("Benches", 2900), ("Fixing", 700)),
     "Nine bus stops on the hill have nowhere to sit. Nine oak benches, made by the shed, set and oiled by those who wait there.",
     "Everybody who takes the bus"),
    ("green", "Bulbs on Alma Road", "Alma Road Street Party", "east", (("Bulbs", 400), ("Tools", 120)),
     "Two thousand crocuses in the verge, planted by the street on one Sunday in October.", "70 households"),
    ("youth", "Homework club above the library", "Netherdale Learners", "nether",
     (("Tutors", 2900), ("Books", 700), ("Snacks", 500)),
     "A quiet table, a tutor and a sandwich, three afternoons a week in term, for pupils who have no room to work at home.",
     "45 pupils of 11 to 16"),
    ("mend", "Bikes off the scrap heap", "Millbeck Wheelers", "east", (("Stands and tools", 1650), ("Parts", 900), ("Rent", 600)),
     "Old bicycles are mended by whoever will ride them, with somebody beside them who knows how. They ride home on it.",
     "60 riders, half of them under 18"),
    ("song", "Brass for beginners", "Thornley Cross Band", "cross", (("Cornets and horns", 2300), ("Tutor", 1100)),
     "The colliery band lends its room and its players: a year of lessons on borrowed instruments, ending in the May parade.",
     "24 beginners of any age"),
    ("food", "The Friday pay-what-you-can soup", "Netherdale Kitchen", "nether", (("Stove", 1350), ("Vegetables", 900)),
     "Soup and bread in the chapel every Friday. The till has no lid: some leave five pounds, some take a second bowl.",
     "90 people each Friday"),
    ("safe", "A lit way home from the station", "Castlehaugh Tenants", "east", (("Solar lamps", 2600), ("Posts", 900)),
     "Fourteen solar lamps along the path behind the flats, so that nobody has to walk round by the main road after dark.",
     "Some 300 people every evening"),
    ("youth", "A stage in the car park", "Netherdale Players", "nether",
     (("Staging", 1500), ("Lights", 800), ("Workshops", 1100)),
     "Young people write and play six short plays about their street, on the flat roof of the car park, in July.",
     "32 players, 600 in the audience"),
    ("green", "Swifts over Mill Lane", "Mill Lane Wildlife", "nether", (("Nest boxes", 740), ("Scaffold tower", 480)),
     "Forty swift boxes under the eaves of the old mill houses, put up with the tenants and counted by the school.",
     "52 households and one school"),
    ("song", "Noson Lawen bob mis", "Llanfair Arts", "llan", (("Neuadd", 840), ("Cerddorion", 960), ("Te", 260)),
     "Noson o ganu, stori a the ar y nos Wener olaf. An evening of song and story on the last Friday of each month.",
     "80 people each month"),
    ("mend", "The library of things", "Thornley Cross Forum", "cross",
     (("Shelving", 640), ("Tools to lend", 2150), ("Labels", 90)),
     "A drill is used for twelve minutes in its life. Sixty things to borrow instead of buy, from a ladder to a sewing machine.",
     "250 households on the estate"),
    ("safe", "First aid for the school run", "Millbeck Parents", "east", (("Trainer", 980), ("Dummies and kits", 520)),
     "Four evenings at the school gate hall: what to do when a child chokes, burns or falls. The kits stay with the classes.",
     "60 parents and grandparents"),
    ("food", "An orchard for the new estate", "Thornley Cross Growers", "cross", (("Trees and stakes", 1180), ("Fence", 860)),
     "Thirty-six apple, pear and plum trees on the green between the new houses; each household picks its own to look after.",
     "36 households"),
    ("youth", "Coding on Wednesdays", "Netherdale Learners", "nether", (("Laptops", 2400), ("Mentors", 900), ("Room", 300)),
     "Girls and boys of 10 to 14 make a game about their own street, with mentors from the town’s two software firms.",
     "28 pupils"),
    ("song", "The memory café", "Portnessan Singers", "east", (("Hall", 720), ("Musician", 840), ("Cakes", 240)),
     "Songs from when they were twenty, tea, and company, for people with dementia and those who care for them.",
     "22 couples"),
    ("green", "A rain garden at the school gate", "Millbeck Parents", "east", (("Digging", 1450), ("Plants", 780)),
     "The puddle where the children wait becomes a bed of rushes and iris that drinks the rain.", "420 pupils"),
    ("safe", "Chairs on the stairs", "Castlehaugh Tenants", "east", (("Folding seats", 960), ("Handrails", 1240)),
     "No lift, five floors: a folding seat on every second landing and a rail on both sides.", "57 older tenants"),
    ("food", "Breakfast before the bell", "Netherdale Kitchen", "nether", (("Food", 2300), ("Cook", 1900)),
     "Porridge and fruit for whoever comes, from ten to eight, so that nobody sits in class hungry.", "70 children"),
    ("mend", "Sewing bee on the top deck", "Bus Museum Friends", "cross", (("Machines", 1320), ("Fabric", 380), ("Heater", 240)),
     "Six sewing machines on the top deck of a parked bus: hems, zips and school trousers, taught as they are mended.",
     "48 people in a season"),
    ("youth", "The night kick-about", "Harlow Bridge Youth", "nether", (("Floodlight hours", 1440), ("Coaches", 1300)),
     "Football from nine till eleven on Fridays, when there is most trouble and least to do.", "65 young people"),
    ("song", "Drums for the carnival", "Millbeck Carnival", "east", (("Drums", 2150), ("Tutor", 950)),
     "A street band of thirty drums, taught in twelve Sundays, to lead the carnival in August.", "30 drummers"),
    ("green", "Clear the beck", "Friends of the Beck", "nether", (("Waders and rakes", 860), ("Skips", 940), ("Survey", 400)),
     "Four Sundays in the water from the mill to the bridge, and a count of what lives there before and after.",
     "110 volunteers"),
    ("food", "Halal and hearty: a men’s cooking class", "Alma Road Mosque Neighbours", "east", (("Tutor", 900), ("Food", 620)),
     "Eight evenings for men who have never cooked: one pot, one budget, and supper carried home.", "24 men"),
    ("safe", "Winter wardens", "Thornley Cross Forum", "cross", (("Grit and spreaders", 740), ("Jackets", 420), ("Phones", 180)),
     "Twenty wardens who grit the steps, fetch the prescriptions and knock on forty doors when it freezes.", "40 older people"),
    ("mend", "Gweithdy Cwrwgl", "Cymdeithas Tŷ’r Bont", "llan", (("Coed a chynfas", 1180), ("Hyfforddwr", 1400)),
     "Adeiladu pum cwrwgl gyda’r ysgol. Five coracles built with the school by the last man here who knows how.", "40 pupils"),
    ("youth", "Young reporters", "Millbeck Echo Volunteers", "east", (("Recorders", 780), ("Editor’s time", 1500)),
     "Twelve young people put out a monthly half hour on the local radio about what the council decided, and why.",
     "12 reporters, 2,000 listeners"),
    ("green", "Hedges for Hirfynydd", "Cwm Hirfynydd Community Council", "llan", (("Whips and guards", 1640), ("Tools", 360)),
     "Six hundred metres of blackthorn and hazel along the road, where the wire fence stops nothing but the wind.",
     "Two villages"),
    ("song", "A piano in the waiting room", "Netherdale Station Friends", "nether", (("Piano and tuning", 980), ("Lessons", 720)),
     "A piano that anybody may play, free lessons between trains, and a concert on the platform in June.", "Every passenger"),
    ("food", "The jam exchange", "Thornley Cross Growers", "cross", (("Pans and jars", 460), ("Kitchen hire", 540)),
     "Fruit that would rot in forty gardens becomes jam; who brings ten pounds of plums takes home six jars.", "55 gardeners"),
    ("safe", "Safe crossing at Cross Street", "Cross Street Residents", "cross", (("Training", 620), ("Coats and signs", 410)),
     "Six trained crossing wardens on a rota, morning and afternoon, until the county paints its crossing.", "210 pupils"),
    ("youth", "Swim before summer", "Harlow Bridge Youth", "nether", (("Pool hire", 1900), ("Teachers", 1400)),
     "Twelve lessons for children who have never been in a pool, before they spend the summer by the beck.", "48 children"),
    ("mend", "Phones for grandparents", "Millbeck Digital Friends", "east", (("Mended handsets", 1350), ("Room", 480)),
     "Sixth-formers mend old phones and teach whoever gets one to call a grandchild and to spot a fraud.", "75 older people"),
    ("green", "A pond where the garages were", "Castlehaugh Tenants", "east", (("Digger", 1300), ("Liner and plants", 1150)),
     "Twelve empty garages are gone; a pond with a boardwalk and a low fence comes in their place.", "144 flats"),
    ("song", "Stories in the launderette", "Netherdale Players", "nether", (("Storytellers", 1080), ("Recording", 340)),
     "One teller, one spin cycle: stories on Saturday mornings, told by neighbours and kept on the library’s shelf.",
     "20 listeners a week"),
    ("food", "A freezer for the food bank", "Millbeck Food Bank", "east", (("Walk-in freezer", 3400), ("Wiring", 550)),
     "Frozen fish and vegetables instead of tins: the market gives it away at closing time, but there is nowhere to keep it.",
     "310 households a month"),
    ("safe", "Lifejackets on loan", "Portnessan Harbour Users", "east", (("Lifejackets", 1480), ("Rack", 260)),
     "Forty lifejackets on a rack by the slip: take one, sign the book, bring it back.", "All who go on the water"),
    ("mend", "Paint the community van", "Thornley Cross Forum", "cross", (("Bodywork", 1420), ("Paint", 380), ("Seats", 900)),
     "The van that takes forty people to the shops fails its next test unless its floor and doors are mended.", "40 riders"),
    ("youth", "Ras yr Wyddfa fach", "Clwb Rhedeg Llanfair", "llan",
     (("Marshals’ training", 380), ("Timing", 420), ("Medals", 150)),
     "Ras hwyl i blant o dan 12 hyd at y gofgolofn. A fell race for under-twelves up to the monument and back.", "120 children"),
    ("green", "Beehives on the town hall", "Millbeck Beekeepers", "east", (("Hives and suits", 1560), ("Course", 640)),
     "Four hives on the flat roof, a course for twelve new keepers, and honey in the foyer.", "12 keepers and four classes"),
)  # fmt: skip


#: Each group once, in order: one that bids twice does so from the same door, and no two groups share a postcode.
_GROUPS: Final = {group: number for number, group in enumerate(dict.fromkeys(row[2] for row in PROJECTS))}
_UNIT_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"


def _address(form: str, group: str, again: int) -> str:
    number = _GROUPS[group] + again * len(_GROUPS)
    most = len(_UNIT_LETTERS)
    unit = _UNIT_LETTERS[number // most % most] + _UNIT_LETTERS[number % most]
    return form.format(number=3 + number % 180, unit=unit)


def projects(count: int) -> Iterator[dict[str, Any]]:
    """So many projects: the list above, then again with a number in the title."""
    for number in range(count):
        kind, title, group, place, lines, summary, people = PROJECTS[number % len(PROJECTS)]
        again = number // len(PROJECTS)
        ward, representative, address = _PLACES[place]
        yield {
            "title": f"{title} {again + 1}" if again else title,
            "organisation": f"{group} {again + 1}" if again else group,
            "ward": ward,
            "representative": representative,
            "amount_pence": sum(pounds for _what, pounds in lines) * 100,
            "budget": [{"what": what, "pence": pounds * 100} for what, pounds in lines],
            "kind": kind,
            "summary": summary,
            "people": people,
            "address": _address(address, group, again),
        }


def voice(project: dict[str, Any]) -> Voice:
    """What is written about a project."""
    return VOICES[project["kind"]]


def dated(project: dict[str, Any], today: date, begins: int, months: int) -> dict[str, Any]:
    """The project, beginning on the first of the month that comes after `begins` months, for so many months."""
    starts = _first_after(today, begins + 1)
    return project | {
        "starts_on": starts.isoformat(),
        "ends_on": (_first_after(starts, months) - timedelta(days=1)).isoformat(),
    }


def _first_after(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


#: What the open round of the demo asks beside the usual: a choice, a yes-or-no question, one that hangs on it, files.
OWN_QUESTIONS: Final[list[dict[str, Any]]] = [
    {"id": "q-children", "section": "Who takes part", "kind": "yes_no", "label": "Will anyone under 18 take part?",
     "help": "", "required": True},
    {"id": "q-care", "section": "Who takes part", "kind": "text", "label": "Who looks after them, and how?",
     "help": "Name the person who answers for their safety.", "max_words": 80, "required": True,
     "when": {"question": "q-children", "is": ["yes"]}},
    {"id": "q-often", "section": "Who takes part", "kind": "choice", "label": "How often do you meet?", "help": "",
     "required": True, "order": ["once", "month", "week"],
     "options": {"once": "Once or twice", "month": "Every month", "week": "Every week"}},
    {"id": "q-papers", "section": "money", "kind": "file", "label": "Have you quotes or pictures to show us?",
     "help": "A quote for anything over £1,000 helps the panel.", "required": False, "most_files": 3},
]  # fmt: skip


def own_answers(project: dict[str, Any]) -> dict[str, Any]:
    """What a project says where these are asked."""
    young = project["kind"] in ("youth", "safe")
    care = "The two leaders are checked and trained; parents sign their children in and out."
    return {
        "q-children": "yes" if young else "no",
        **({"q-care": care} if young else {}),
        "q-often": {"food": "week", "youth": "week", "song": "month"}.get(project["kind"], "once"),
    }


def answers(project: dict[str, Any], areas: dict[str, int], holdings: dict[str, int]) -> dict[str, Any]:
    """The whole form for a project."""
    words = voice(project)
    return {
        "title": project["title"],
        "summary": project["summary"],
        "people": project["people"],
        "area": areas[project["ward"]],
        "starts_on": project.get("starts_on", "2027-09-01"),
        "ends_on": project.get("ends_on", "2028-07-31"),
        "organisation": project["organisation"],
        "organisation_id": "",
        "address": project["address"],
        "party_link": words.party_link,
        "helps_win": words.helps_win,
        "new_approach": words.new_approach,
        "leaders": words.leaders,
        "amount_pence": project["amount_pence"],
        "budget": project["budget"],
        "other_funding": [{"who": "The group’s own funds", "pence": 15_000, "certain": True},
                          {"who": "Millbeck Town Council", "pence": 50_000, "certain": False}],
        "representative": holdings[project["representative"]],
        "declarations": ["lawful", "report", "true"],
    }  # fmt: skip
