"""Find who stands twice in a roster: by ID number, or by a birthday and names that are near."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from openpyxl.utils import get_column_letter

from bot.services.roster_messages import masked
from bot.services.roster_people import CellError, ListKind, RosterRow, cell_error
from bot.services.roster_rows import SheetReader

MOST_PAIRS = 2_000
LONG_NAME = 3  # signs: in shorter names one other sign is another name
Pair = tuple[str, str]


def twice(
    read: Sequence[tuple[SheetReader, Sequence[RosterRow]]],
) -> tuple[tuple[Pair, ...], list[CellError]]:
    """Find who stands here twice: by ID number (an error), or perhaps (to be looked at).

    A person may well stand in several lists of the county; only within one of them it is twice.
    """
    numbers: dict[tuple[str, str, str], RosterRow] = {}
    pairs: list[Pair] = []
    errors: list[CellError] = []
    others: dict[tuple[object, ...], list[RosterRow]] = defaultdict(list)
    for reader, person in _everyone(read):
        # Each sheet of visits may be another round.
        scope = person.kind.value, "" if person.kind is ListKind.ROSTER else person.sheet
        first = numbers.get((*scope, person.id_number)) if person.id_number else None
        if first:
            pairs.append((first.place, person.place))
            errors.append(_repeated(reader, person, first))
            continue
        if person.id_number:
            numbers[*scope, person.id_number] = person
        if person.name and person.birth_date:
            others[*scope, person.birth_date].append(person)
    for same_day in others.values():
        pairs += [
            (one.place, two.place) for one, two in combinations(same_day, 2) if _perhaps(one, two)
        ][: MOST_PAIRS - len(pairs)]
    return tuple(pairs), errors


def _everyone(
    read: Iterable[tuple[SheetReader, Sequence[RosterRow]]],
) -> Iterator[tuple[SheetReader, RosterRow]]:
    for reader, people in read:
        for person in people:
            yield reader, person


def _perhaps(one: RosterRow, two: RosterRow) -> bool:
    if one.sex and two.sex and one.sex != two.sex:
        return False
    return perhaps_one(one.name, one.village, two.name, two.village)


def perhaps_one(name: str, village: str, other: str, other_village: str) -> bool:
    """Say whether two of one birthday may be one: the same name, or a near one in one village."""
    if village and other_village and village != other_village:
        return False
    return name == other or (bool(village and other_village) and near(name, other))


def near(name: str, other: str) -> bool:
    """Say whether two names differ by one sign that is added, left out or taken for another."""
    if name == other:
        return True
    if abs(len(name) - len(other)) > 1 or min(len(name), len(other)) < LONG_NAME - 1:
        return False
    if len(name) == len(other):
        return len(name) >= LONG_NAME and sum(map(str.__ne__, name, other)) == 1
    shorter, longer = sorted((name, other), key=len)
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))


def _repeated(reader: SheetReader, person: RosterRow, first: RosterRow) -> CellError:
    return cell_error(
        "duplicate",
        sheet=person.sheet,
        row=person.row,
        column=get_column_letter(reader.columns.fields["id_number"]),
        other=f"工作表“{first.sheet}”第 {first.row} 行",
        other_en=f"sheet “{first.sheet}” row {first.row}",
        id=masked(person.id_number),
    )
