"""What a teacher sees of an online meeting's file: what was read, who is in doubt, the outcome."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from bot.language import MANDARIN, SHANGHAI, clock, html, names
from bot.language import N_ as _
from bot.services.online_applying import Applied
from bot.services.online_drafting import doubtful
from bot.services.online_layouts import platform_of
from bot.services.online_stays import Draft, Entry, attended, judged
from bot.voice.buttons import GREEN, Keyboard, button
from db.models import Meeting, OnlineImport, Person, Status

PAGE = 15
COLUMNS = 3
LINES = 60
Face = tuple[str, Keyboard]


def day(moment: datetime) -> str:
    """Write a day so that it cannot be mistaken, however long ago it was."""
    local = moment.astimezone(SHANGHAI)
    return f"{local:%m-%d}"


def face(row: OnlineImport, meeting: Meeting, read: Draft, people: Sequence[Person]) -> Face:
    """Show the first label in doubt; where there is none, everything that was read."""
    left = doubtful(read)
    if left:
        return ask(row, meeting, read, people, left[0], 1)
    return summary(row, meeting, read, people)


def head(row: OnlineImport, meeting: Meeting, read: Draft) -> str:
    """Say what was read, in numbers."""
    return html(
        MANDARIN,
        _(
            "%(platform)s, %(class)s, %(day)s %(time)s: recognised %(known)d, in doubt "
            "%(doubtful)d, hosts left out %(out)d. Nothing is saved yet."
        ),
        **{"class": meeting.study_class.name},
        platform=platform_of(row.origin),
        day=day(meeting.starts_at),
        time=clock(meeting.starts_at),
        known=len({one.person for one in read.entries if one.person is not None}),
        doubtful=len(doubtful(read)),
        out=read.left_out,
    )


def ask(
    row: OnlineImport,
    meeting: Meeting,
    read: Draft,
    people: Sequence[Person],
    place: int,
    page: int,
) -> Face:
    """Ask who a label is; those whom it resembles come first."""
    entry = read.entries[place]
    ranked = ranking(read, entry, people)
    pages = max(-(-len(ranked) // PAGE), 1)
    page = min(max(page, 1), pages)
    words = head(row, meeting, read) + "\n\n"
    words += html(
        MANDARIN,
        _("Who is “%(name)s” (%(from)s–%(until)s)?"),
        name=entry.name,
        **{"from": clock(min(start for start, _end in entry.stays))},
        until=clock(max(end for _start, end in entry.stays)),
    )
    shown = ranked[(page - 1) * PAGE : page * PAGE]
    faces = [button(one.name, f"onlwho:{row.id}:{place}:{one.id}") for one in shown]
    rows: Keyboard = [faces[at : at + COLUMNS] for at in range(0, len(faces), COLUMNS)]
    turns = [button("«", f"onlpage:{row.id}:{place}:{page - 1}")] if page > 1 else []
    turns += [button("»", f"onlpage:{row.id}:{place}:{page + 1}")] if page < pages else []
    rows += [turns, [button(html(MANDARIN, _("Not of this class")), f"onlwho:{row.id}:{place}:0")]]
    if len(doubtful(read)) > 1:
        rows.append([button(html(MANDARIN, _("Nor all the others")), f"onlrest:{row.id}")])
    rows.append([button(html(MANDARIN, _("Discard")), f"onldrop:{row.id}")])
    return words, rows


def ranking(read: Draft, entry: Entry, people: Sequence[Person]) -> list[Person]:
    """Put first whom a label resembles, then who has no row yet, then everybody else."""
    taken = {one.person for one in read.entries}
    likely = {number: at for at, number in enumerate(entry.candidates)}
    return sorted(
        people, key=lambda one: (likely.get(one.id, len(likely)), one.id in taken, one.number)
    )


def summary(row: OnlineImport, meeting: Meeting, read: Draft, people: Sequence[Person]) -> Face:
    """Show everybody's minutes, and who of the class is not in the file."""
    entries: dict[int, list[Entry]] = defaultdict(list)
    for one in read.entries:
        if one.person is not None:
            entries[one.person].append(one)
    lines = [head(row, meeting, read)]
    lines += [_line(one, entries[one.id], meeting) for one in people if one.id in entries][:LINES]
    missing = [one.name for one in people if one.id not in entries]
    if missing:
        lines.append(
            html(
                MANDARIN,
                _("Not in the file, %(count)d: %(names)s"),
                count=len(missing),
                names=names(missing[:LINES], MANDARIN),
            )
        )
    if read.unreadable:
        text = _("Rows that I could not read: %(count)d")
        lines.append(html(MANDARIN, text, count=read.unreadable))
    rows: Keyboard = []
    if entries:
        rows.append([button(html(MANDARIN, _("Import")), f"onlsave:{row.id}", GREEN)])
    if any(one.by == "tap" for one in read.entries):
        rows.append([button(html(MANDARIN, _("Choose again")), f"onlredo:{row.id}")])
    rows.append([button(html(MANDARIN, _("Discard")), f"onldrop:{row.id}")])
    return "\n".join(lines), rows


def _line(person: Person, entries: Sequence[Entry], meeting: Meeting) -> str:
    part = attended(entries, meeting)
    status, late = judged(part.joined, meeting) if part else (None, 0)
    if part is None:
        return html(MANDARIN, _("%(name)s: not in class time"), name=person.name)
    values: dict[str, object] = {"name": person.name, "minutes": part.minutes, "late": late}
    if status is None:
        return html(MANDARIN, _("%(name)s: came %(late)d min late, check-in was over"), **values)
    if status is Status.LATE:
        return html(MANDARIN, _("%(name)s: %(minutes)d min, %(late)d min late"), **values)
    return html(MANDARIN, _("%(name)s: %(minutes)d min"), **values)


def done(applied: Applied) -> str:
    """Say what came of an import."""
    if not applied.new:
        return html(MANDARIN, _("This changed nothing: all of it was noted already."))
    return html(
        MANDARIN,
        _(
            "Imported: here %(here)d, late %(late)d, after check-in %(after)d, outside class time "
            "%(outside)d, not in the file %(absent)d."
        ),
        here=applied.present,
        late=applied.late,
        after=applied.too_late,
        outside=applied.outside,
        absent=applied.absent,
    )
