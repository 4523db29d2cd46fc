"""What the people around a demo project write about it, by what kind of project it is."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Voice:
    """The long answers of a form, and what a representative, the readers, the panel and the report say of it."""

    party_link: str
    helps_win: str
    new_approach: str
    leaders: str
    backing: str
    question: str
    comment: str
    second: str
    third: str
    praise: str
    doubt: str
    story: str
    learned: str


VOICES: Final[dict[str, Voice]] = {
    "food": Voice(
        "The branch and the group run it together: two of its members sit on the committee from the start.",
        "Ninety-seven homes said on the doorstep that they would come. They will see who made it happen.",
        "Nobody here has joined growing, cooking and eating together before. Others can copy how it is shared out.",
        "Two volunteers lead; four learn to run a sitting, take a booking and keep the accounts.",
        "I have eaten at this table. They feed people without asking them to queue, and the hall has stood empty on "
        "Thursdays since the playgroup closed.",
        "Who opens the hall when the caretaker is away?",
        "The door-knock convinces. Settle who runs it in June.",
        "Everybody can picture the first evening. Say who washes up, and who is left out by the hour.",
        "Cheap for what it does. I should like a line for the weeks when nobody comes.",
        "The panel was moved by your door-knock. It asks only that you settle who runs it in June.",
        "The panel liked the idea. The plan does not yet say who carries it on when the grant is spent.",
        "Nine sittings, 94 people, and a waiting list for the tenth. The last one was cooked by those who came to the first.",
        "Ask the school first. Cook what children can carry home.",
    ),
    "youth": Voice(
        "Three members coach, and the branch lends its room; the young people choose what happens in it.",
        "Parents on these streets ask what anybody does for the young. This is an answer with our name on it.",
        "It is planned by those who come, from the first evening on. What they write down, the next town can use.",
        "Four of the oldest are trained as leaders and hold the key in the second half.",
        "Every surgery I hold, somebody asks where the young should go of an evening. These people have an answer, and "
        "have run it twice already on nothing.",
        "How do the younger ones get home after dark?",
        "Planned with those it is for, and it shows. Say who checks the volunteers.",
        "They asked before they planned. The coach’s hours look short.",
        "I believe the numbers. Write down what happens when a leader is ill.",
        "The panel liked that the young people plan it. It asks that every volunteer is checked before the first evening.",
        "The panel liked the aim. It could not see who is in charge on the night, or how the youngest get home.",
        "Fifty-eight came at least three times, most of them girls. Two of them now lead the warm-up themselves.",
        "Begin later on Saturdays. Let them choose the music.",
    ),
    "green": Voice(
        "The ward group called the first clean-up, and its stewards keep the tools.",
        "It is walked past by everybody who votes here. A board says who asked for it and who did the work.",
        "Each stretch has a household that looks after it; nobody here has tried that, and it costs nothing to copy.",
        "Six people learn to lead a work day: tools, safety, and how to thank those who came.",
        "I have walked it with them. Two of my letters to the county moved nothing; thirty neighbours with spades will.",
        "Has the owner of the land agreed in writing?",
        "Costed to the barrow. Add the owner’s letter and who looks after it in year two.",
        "Thirty neighbours with spades are worth more than the sum asked. Ask for a skip less.",
        "It will be seen and used. The plan is thin where it comes to rain.",
        "The panel liked how many hands are promised. It asks for the owner’s letter before work starts.",
        "The panel would like to see it happen. Without the owner’s agreement it could not promise money to it.",
        "Seven work days, 112 people, and not one barrow lost. It has stayed clear since.",
        "Order half of the stone. Ask the neighbours for tea, not for hours.",
    ),
    "mend": Voice(
        "Members brought the first tools, and the branch meets here between sessions.",
        "People come in with a kettle and leave knowing us by name. Two in three had never spoken to us before.",
        "Every repair is taught, not only done. The list of what can be mended is open for others to use.",
        "The two who mend best teach four others, and one keeps the book and the key.",
        "They mended my mother’s radio and taught her to do it. I should like to see this in every ward.",
        "Who is insured when somebody else’s toaster catches fire?",
        "Useful from the first day, and they have the people. Name the insurance.",
        "Teaching beats mending for others: keep that. Quotes for the tools would help.",
        "A good room and a plain plan. Who holds the key in August?",
        "The panel liked that repairs are taught. It asks that the insurance is in place before the doors open.",
        "The panel saw the use of it. The budget is mostly for tools that the library of things in town lends already.",
        "Forty-one sessions’ worth of things mended in eight: 187 of 230, and 46 people can now do it themselves.",
        "Have two soldering irons. Write down what could not be mended, and why.",
    ),
    "song": Voice(
        "It began at the branch’s winter party, and its members look after the doors and the teas.",
        "A full hall hears who made the evening possible, from those who sing in it.",
        "No audition and no fee: whoever can hum may come. The parts are recorded so that other groups can learn them.",
        "Two singers learn to conduct, two to book a hall and keep the accounts.",
        "I came to the back row by accident and have stayed. It is the only room in the ward where three generations meet.",
        "What happens if the hall is closed for its repairs in spring?",
        "Warm, cheap, and many hands. Say how new people hear of it.",
        "I should go myself. Say how those get home who cannot see in the dark.",
        "Nothing in it is new, and it is wanted. Count who comes for the first time.",
        "The panel liked that nobody is turned away. It asks you to say how people who do not sing yet will hear of it.",
        "The panel enjoyed reading it. Others in this round reached more people with the same money.",
        "Thirteen evenings and one concert: 64 singers, 210 listeners, and eleven who had not left home in winter before.",
        "Print the words large. Fetch those who cannot come alone.",
    ),
    "safe": Voice(
        "The ward group raised the first hundred pounds, and two of its members keep the rota.",
        "It is wanted on every doorstep we knocked at. People will know who listened.",
        "Whoever lives nearest looks after it, on a rota that they run themselves. Any street could copy that.",
        "Those on the rota are trained; five of them learn to train others.",
        "I have asked for this for three years. They have knocked on every door, done the sums and found the hands.",
        "Who replaces the pads and the batteries, and what do they cost a year?",
        "The need is plain and the price is fair. Put the yearly upkeep in.",
        "Nobody else will do it. Two quotes would settle the price.",
        "The rota is the best of it. Say who trains those who come after.",
        "The panel saw the need at once. It asks you to set the yearly upkeep aside.",
        "The panel saw the need. It could not see who pays for the upkeep once the first year is over.",
        "Thirty-four trained in four evenings, and everything is in its place and signed for.",
        "Train in the evening, not at weekends. Bring the children: they remember it best.",
    ),
}  # fmt: skip
