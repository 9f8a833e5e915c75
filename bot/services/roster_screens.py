"""What staff see of a roster that they sent: what was read, what is wrong, which column is what."""

from collections import Counter
from collections.abc import Sequence

from bot.language import MANDARIN, html
from bot.language import N_ as _
from bot.services.roster_export import told_of
from bot.services.roster_heads import TITLES
from bot.services.roster_people import ListKind, RosterReading
from bot.services.rostering import ImportResult
from bot.services.staff_screens import columns, escaped
from bot.voice.buttons import GREEN, RED, Keyboard, button
from db.models import Person, RosterDoubt

ERRORS_SHOWN = 8
BETWEEN = "、"
FIELDS = tuple(TITLES)  # a field's place here stands in its button
Face = tuple[list[str], Keyboard]


def preview(draft_id: int, reading: RosterReading, known: int, doubts: int) -> Face:
    """Show in one message what was read: numbers, columns, problems, and what to tap."""
    lines = [
        html(
            MANDARIN,
            _(
                "Roster: %(people)d people, new %(new)d, known %(known)d, to correct %(errors)d, "
                "perhaps twice %(twice)d. Nothing is imported yet."
            ),
            people=len(reading.people),
            new=len(reading.people) - known,
            known=known,
            errors=len(reading.errors),
            twice=len(reading.duplicates),
        )
    ]
    kinds = Counter(one.kind for one in reading.people)
    if set(kinds) - {ListKind.ROSTER}:
        text = _("Of these on the census list %(census)d, met at the doors %(visit)d.")
        values = {"census": kinds[ListKind.CENSUS], "visit": kinds[ListKind.VISIT]}
        lines.append(html(MANDARIN, text, **values))
    lines += _columns(reading)
    if doubts:
        text = _("Perhaps here already: %(count)d. After the import I ask you one by one.")
        lines.append(html(MANDARIN, text, count=doubts))
    lines += _problems(reading)
    return lines, _rows(draft_id, reading)


def _columns(reading: RosterReading) -> list[str]:
    by_name = [f"{one.column} {one.title}" for one in reading.columns if one.field]
    lines = [html(MANDARIN, _("Columns: %(columns)s"), columns=BETWEEN.join(by_name))]
    guessed = [f"{one.column}“{one.head}” → {one.title}" for one in reading.guessed]
    if guessed:
        text = _("By what stands in them, please check: %(columns)s")
        lines.append(html(MANDARIN, text, columns=BETWEEN.join(guessed)))
    return lines


def _problems(reading: RosterReading) -> list[str]:
    lines = [escaped(f"❌ {error.message_zh}") for error in reading.errors[:ERRORS_SHOWN]]
    left = len(reading.errors) - ERRORS_SHOWN
    if left > 0:
        lines.append(html(MANDARIN, _("And %(count)d more; all are in the file."), count=left))
    return lines


def _rows(draft_id: int, reading: RosterReading) -> Keyboard:
    rows: Keyboard = [
        [button(f"✏️ {one.column} {one.title}", f"roscol:{draft_id}:{_number(one.column)}")]
        for one in reading.guessed[:6]
    ]
    answers = [button("✖", f"rosno:{draft_id}", RED)]
    if reading.sound:
        answers.insert(0, button("✔ " + html(MANDARIN, _("Import")), f"rosok:{draft_id}", GREEN))
    return [*rows, answers]


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def choice(draft_id: int, column: int, letters: str) -> Face:
    """Ask what a column holds."""
    faces = [
        button(TITLES[field], f"rosis:{draft_id}:{column}:{at}")
        for at, field in enumerate(FIELDS, 1)
    ]
    faces.append(button("— " + html(MANDARIN, _("None of these")), f"rosis:{draft_id}:{column}:0"))
    text = html(MANDARIN, _("What does column %(column)s hold?"), column=letters)
    return [text], columns(faces, 3)


def done(result: ImportResult) -> Face:
    """Say what an import did."""
    if result.number is None:
        text = _("This file was imported before. There is nothing new in it.")
        return [html(MANDARIN, text)], []
    lines = [
        html(
            MANDARIN,
            _(
                "Imported, number %(number)d: new %(new)d, changed %(changed)d, as before "
                "%(same)d, lines of lists %(listed)d, perhaps twice %(doubts)d."
            ),
            number=result.number,
            new=result.new,
            changed=result.changed,
            same=result.unchanged,
            listed=result.listed,
            doubts=result.doubts,
        )
    ]
    if result.classes:
        text = _("New classes: %(classes)s")
        lines.append(html(MANDARIN, text, classes=BETWEEN.join(result.classes)))
    take_back = button("↩︎ " + html(MANDARIN, _("Take the import back")), f"rosback:{result.number}")
    return lines, [[take_back]]


def sure(number: int) -> Face:
    """Ask once more before an import is taken back."""
    text = _("Take import %(number)d back? Who came with it goes, what it changed is put back.")
    rows = [[button("✔", f"rosundo:{number}", RED), button("✖", f"roskeep:{number}")]]
    return [html(MANDARIN, text, number=number)], rows


def pair(doubt: RosterDoubt, newer: Person, older: Person, left: int) -> Face:
    """Ask whether two are one."""
    lines = [
        html(MANDARIN, _("One person, or two? (%(count)d to decide)"), count=left),
        escaped(f"🆕 {told_of(newer)}"),
        escaped(f"📁 {told_of(older)}"),
    ]
    one = button(html(MANDARIN, _("One person")), f"rossame:{doubt.id}")
    two = button(html(MANDARIN, _("Two persons")), f"rosother:{doubt.id}")
    return lines, [[one, two]]


def letters_of(number: int) -> str:
    """Write a column's number as the office programs do."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def township_of(places: Sequence[str], reading: RosterReading) -> str | None:
    """Name a township of the file that is none of these; None where all are."""
    if not places:
        return None
    for one in reading.people:
        if one.township and not any(
            one.township in place or place in one.township for place in places
        ):
            return one.township
    return None
