"""The modulus check of UK accounts: whether an account number can belong to a sort code.

The rules are those of the published specification, "Validating account numbers: UK modulus checking" (Vocalink), with
its exceptions 1 to 14. The table of weights and the substitutions of sort codes change several times a year and are
the operator's to bring in; nothing of them is kept here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Answer = Literal["passes", "fails", "unknown"]

#: The methods of the table: modulus of a plain sum, or of a sum of the products' digits.
METHODS: Final = {"MOD10": 10, "MOD11": 11, "DBLAL": 10}
#: Where the digits stand: the sort code is `u v w x y z`, the account number `a b c d e f g h`.
_A, _B, _C, _G, _H = 6, 7, 8, 12, 13
#: Exceptions of a first and second check of which one is enough.
_EITHER: Final = ((2, 9), (10, 11), (12, 13))
#: Exception 2, accounts in euros whose first digit is not 0: other weights, by whether `g` is 9.
_EURO: Final = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1)
_EURO_NINE: Final = (0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1)
#: Exceptions whose sort code counts as another one.
_COUNTS_AS: Final = {8: "090126", 9: "309634"}
_NEWEST_EXCEPTION: Final = 14
_MOST_WEIGHT: Final = 999


class TableUnreadable(ValueError):
    """A file is no table of weights or of substitutions: `line` is the first that is none, counted from 1, 0 for all."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: the sort codes from `first` to `last`, and how they are checked."""

    first: str
    last: str
    method: str
    weights: tuple[int, ...]
    exception: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """The weights, in the file's order, and for exception 5 the sort codes that count as others."""

    rules: tuple[Rule, ...]
    substitutions: Mapping[str, str] = field(default_factory=dict)

    def of(self, sort_code: str) -> list[Rule]:
        """The checks of a sort code in their order; none if the table does not know it."""
        return [rule for rule in self.rules if rule.first <= sort_code <= rule.last]


def read_weights(lines: Iterable[str]) -> tuple[Rule, ...]:
    """The table as its file writes it: first and last sort code, method, 14 weights, an exception or none.

    Raises TableUnreadable.
    """
    rules = []
    for number, line in enumerate(lines, 1):
        parts = line.strip().strip("\x1a").split()
        if not parts:
            continue
        try:
            first, last, method, *numbers = parts
            counted = [int(text) for text in numbers]
        except ValueError:
            raise TableUnreadable(number) from None
        plain = all(_is_sort_code(code) for code in (first, last)) and first <= last and method in METHODS
        if not plain or len(counted) not in (14, 15) or any(abs(n) > _MOST_WEIGHT for n in counted):
            raise TableUnreadable(number)
        if method == "DBLAL" and min(counted) < 0:
            raise TableUnreadable(number)
        rules.append(Rule(first, last, method, tuple(counted[:14]), counted[14] if len(counted) == 15 else 0))
    if not rules:
        raise TableUnreadable(0)
    return tuple(rules)


def read_substitutions(lines: Iterable[str]) -> dict[str, str]:
    """Sort codes that count as others, as the file writes them: two on each line. Raises TableUnreadable."""
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        parts = line.strip().strip("\x1a").split()
        if not parts:
            continue
        if len(parts) != 2 or not all(_is_sort_code(part) for part in parts):
            raise TableUnreadable(number)
        found[parts[0]] = parts[1]
    if not found:
        raise TableUnreadable(0)
    return found


def check(table: Table | None, sort_code: str, account: str) -> Answer:
    """What the table says of six digits and eight. `unknown`: it does not know the sort code, or asks for what is
    not there: substitutions that were not brought in, a rule newer than these.

    An account in a foreign currency passes where the specification says that it cannot be checked (exception 6).
    """
    rules = table.of(sort_code) if table is not None else []
    if table is None or not rules or len(rules) > 2:
        return "unknown"
    exceptions = {rule.exception for rule in rules}
    if max(exceptions) > _NEWEST_EXCEPTION or (5 in exceptions and not table.substitutions):
        return "unknown"
    digits = sort_code + account
    if 6 in exceptions and digits[_A] in "45678" and digits[_G] == digits[_H]:
        return "passes"
    if digits[_C] in "69":
        rules = [rule for rule in rules if rule.exception != 3] or rules
    held = [_holds(rule, table, sort_code, account) for rule in rules]
    enough = tuple(rule.exception for rule in rules) in _EITHER
    return "passes" if (any(held) if enough else all(held)) else "fails"


def _holds(rule: Rule, table: Table, sort_code: str, account: str) -> bool:
    """One check of an account."""
    exception = rule.exception
    if exception == 5:
        sort_code = table.substitutions.get(sort_code, sort_code)
    digits = [int(sign) for sign in _COUNTS_AS.get(exception, sort_code) + account]
    remainder = _remainder(rule, _weights(rule, digits), digits)
    if exception == 4:
        return remainder == 10 * digits[_G] + digits[_H]
    if exception == 5:
        return _check_digit(rule, remainder, digits)
    if exception == 14 and remainder:
        # Accounts of which the last digit is no part: it goes, and a nought comes in front.
        if digits[_H] not in (0, 1, 9):
            return False
        shifted = [*digits[:_A], 0, *digits[_A:_H]]
        return _remainder(rule, rule.weights, shifted) == 0
    return remainder == 0


def _remainder(rule: Rule, weights: tuple[int, ...], digits: list[int]) -> int:
    products = [weight * digit for weight, digit in zip(weights, digits, strict=True)]
    if rule.method == "DBLAL":
        products = [sum(map(int, str(product))) for product in products]
    return (sum(products) + (27 if rule.exception == 1 else 0)) % METHODS[rule.method]


def _weights(rule: Rule, digits: list[int]) -> tuple[int, ...]:
    """The weights of the table, or those that an exception puts in their place."""
    nine = digits[_G] == 9
    if rule.exception == 2 and digits[_A] != 0:
        return _EURO_NINE if nine else _EURO
    bare = rule.exception == 7 or (rule.exception == 10 and digits[_A] in (0, 9) and digits[_B] == 9)
    if bare and nine:
        return (0,) * 8 + rule.weights[8:]
    return rule.weights


def _check_digit(rule: Rule, remainder: int, digits: list[int]) -> bool:
    """Exception 5: the remainder's complement stands in the number, in `g` for the first check, in `h` for the other."""
    if rule.method == "DBLAL":
        return digits[_H] == -remainder % 10
    return remainder != 1 and digits[_G] == -remainder % 11


def _is_sort_code(text: str) -> bool:
    return len(text) == 6 and text.isascii() and text.isdigit()
