"""What the fund scores every bid by, where a round's officer says nothing else."""

from typing import Any, Final

#: Criteria with weights in hundredths. Each mark from 0 to 5 has words of its own, so that readers mean the same by it.
FUND_RUBRIC: Final[list[dict[str, Any]]] = [
    {"id": "link", "label": "Link between party and community", "describe": "Who works with whom, and what stays after it.",
     "low": "None shown", "high": "Strong and lasting", "weight": 25,
     "guidance": "Look for names, groups and habits: who meets whom, how often, and who asked for it. A long list of partners "
                 "who are never heard of again is worth less than one that does half the work.",
     "anchors": {
         "0": "Nobody outside the party is named, or nobody of the party has a part in it.",
         "1": "A group is named, but nothing shows that it knows of the bid.",
         "2": "A group has agreed to help once, for one event or one task.",
         "3": "A group takes part in the planning and in the work, and both say so.",
         "4": "Members and neighbours run it together, and it says how they go on afterwards.",
         "5": "It grows out of work that they share already, and it will bind them beyond the money.",
     }},
    {"id": "wins", "label": "Helps to win", "describe": "What people there will see and say.",
     "low": "Nobody would notice", "high": "Many would", "weight": 20,
     "guidance": "Not leaflets: those cannot be paid for. Ask whom it reaches who is not reached now, what they will notice, and "
                 "whether they will know who made it happen.",
     "anchors": {
         "0": "Nobody beyond the group would notice it.",
         "1": "A few people who are with us anyway would notice.",
         "2": "Some neighbours would notice, and might not know who did it.",
         "3": "Many neighbours would use it or talk of it, and know who did it.",
         "4": "It reaches people who are hard to reach there, with numbers to believe.",
         "5": "The whole place would talk of it, and it mends what people there say is wrong.",
     }},
    {"id": "new", "label": "A new approach", "describe": "What has not been tried there before.",
     "low": "Done before", "high": "New there, worth copying", "weight": 15,
     "guidance": "New in that place is enough: it may be old elsewhere. A good thing that is done there every year already "
                 "scores low here, and can score high in the others.",
     "anchors": {
         "0": "It is what they do every year.",
         "1": "A usual thing with another name.",
         "2": "A usual thing with one part that is new there.",
         "3": "New in that place, though known elsewhere, and they say what they learnt from there.",
         "4": "New in that place, tried on a small scale, with a plan to find out if it works.",
         "5": "A fresh answer that other places could copy, and they will tell them how.",
     }},
    {"id": "plan", "label": "A plan and budget to believe", "describe": "It can be done, by these people, for this money.",
     "low": "Much is missing", "high": "All of it adds up", "weight": 25,
     "guidance": "Read the budget line by line against the plan. A small plan that is thought through beats a large one that is "
                 "not. Prices that were asked for count; round guesses count less.",
     "anchors": {
         "0": "It cannot be done as it is written, or it is not said what the money buys.",
         "1": "Much is missing: who does it, when, or half of the costs.",
         "2": "The main steps are there, but people, dates or prices are guesses.",
         "3": "It can be done: steps, people, dates and prices fit together with small gaps.",
         "4": "It adds up throughout, and prices were asked for.",
         "5": "It adds up throughout, and it says what could go wrong and what they do then.",
     }},
    {"id": "leaders", "label": "Grows local leaders", "describe": "Who leads, who learns, who carries on.",
     "low": "Nobody named", "high": "Several, with support", "weight": 15,
     "guidance": "Somebody should be able to do more at the end than at the beginning. Look for a first time: to chair, to "
                 "speak, to hold the money, to teach. A trainer from outside who leaves again is no leader grown.",
     "anchors": {
         "0": "Nobody is named who leads or learns.",
         "1": "The same few lead as ever, and nobody learns from them.",
         "2": "Somebody may learn something, by the way.",
         "3": "At least one person takes on something for the first time, and it says who helps them.",
         "4": "Several take on something for the first time, with training or somebody at their side.",
         "5": "Several do, among them people who seldom lead, and it says how they carry on.",
     }},
]  # fmt: skip
