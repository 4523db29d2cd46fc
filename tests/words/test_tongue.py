"""The language that is spoken: chosen once, asked for every sentence, never another thread's."""

import threading
from datetime import date
from gettext import NullTranslations

from fundapp.words import moments, tongue


class Loud(NullTranslations):
    """A language that shouts."""

    def gettext(self, message: str) -> str:
        """Louder."""
        return message.upper().replace("%(NAME)S", "%(name)s")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """With a form for none."""
        return "NONE" if n == 0 else (msgid1 if n == 1 else msgid2)


def test_words_are_said_as_written_where_nobody_chose() -> None:
    assert tongue.gettext("Two %(words)s", words="words") == "Two words"
    assert tongue.gettext("100% of it") == "100% of it"
    assert tongue.ngettext("One bid", "%(num)s bids", 1) == "One bid"
    assert tongue.ngettext("One bid, %(sum)s", "%(num)s bids, %(sum)s", 3, sum="£4") == "3 bids, £4"
    assert str(tongue.locale()) == "en_GB"


def test_what_one_thread_speaks_no_other_hears() -> None:
    heard: dict[str, str] = {}

    def speak(name: str) -> None:
        if name == "loud":
            tongue.speak(Loud(), "cy_GB")
        heard[name] = tongue.gettext("Hello %(name)s", name="Ann")
        heard[f"{name} day"] = moments.short_day(date(2027, 3, 8), date(2027, 1, 1))
        heard[f"{name} none"] = tongue.form_for("One bid", "%(num)s bids", 0)

    for name in ("loud", "quiet"):
        thread = threading.Thread(target=speak, args=(name,))
        thread.start()
        thread.join()
    assert heard == {
        "loud": "HELLO Ann", "quiet": "Hello Ann", "loud day": "Llun 8 Mawrth", "quiet day": "Mon 8 March",
        "loud none": "NONE", "quiet none": "%(num)s bids",
    }  # fmt: skip
