"""Who will hold an award's money: what election law asks of whoever gives to political life."""

from typing import Final

#: In the order in which they are offered. The units of a party, associations of its members and those in elected office
#: are treated on their own by election law (PPERA 2000, section 71 and schedule 7).
RECIPIENTS: Final = ("group", "charity", "company", "local_party", "association", "councillor", "person")
