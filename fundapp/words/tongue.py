"""The language in which a page, mail or letter is said: chosen once, then asked for every sentence.

Flask-Babel finds the same translations anew for each sentence, which made a fifth of a page's time.
"""

from contextvars import ContextVar
from gettext import NullTranslations
from typing import Any

#: The language of what is said where nobody chose: letters and mails made by the worker.
USUAL_LOCALE = "en_GB"

_UNTRANSLATED = NullTranslations()
_chosen: ContextVar[tuple[NullTranslations, Any]] = ContextVar(
    "tongue", default=(_UNTRANSLATED, USUAL_LOCALE)
)


def speak(translations: NullTranslations, locale: Any) -> None:
    """From now on, in this thread: a catalogue and the locale (a name, or Babel's own object) for days and numbers."""
    _chosen.set((translations, locale or USUAL_LOCALE))


def locale() -> Any:
    """The locale that days and numbers are written in."""
    return _chosen.get()[1]


def gettext(words: str, /, **values: Any) -> str:
    """The words in the chosen language, with `%(name)s` filled in where values are given."""
    said = _chosen.get()[0].gettext(words)
    return said % values if values else said


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """The form of the words for that number; `%(num)s` stands for it."""
    return form_for(one, many, num) % {"num": num, **values}


def form_for(one: str, many: str, num: int, /) -> str:
    """The form of the words for that number, nothing filled in: templates fill in and escape by themselves."""
    return _chosen.get()[0].ngettext(one, many, num)
