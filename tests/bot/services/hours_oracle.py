"""An oracle that reckons hours slowly, minute by minute, from rows no model of ours has read."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import text

MINUTE = timedelta(minutes=1)


async def rows_of(session, table):
    """Read a table without any model of ours."""
    found = await session.execute(text(f"SELECT * FROM {table} ORDER BY id"))  # noqa: S608
    return [dict(row) for row in found.mappings()]


async def read_raw(session):
    """Read all that hours are reckoned from."""
    names = ("meeting", "mark", "membership", "sitting")
    return {name: await rows_of(session, name) for name in names}


def moment(value):
    """Return a moment as either database gives it, in UTC without saying so."""
    value = datetime.fromisoformat(value) if isinstance(value, str) else value
    return value and value.replace(tzinfo=UTC)


def stands(raw, at, grace=10):
    """Say how each one stands: (person, meeting) → (status, minutes, made up); minute by minute."""
    by_pair = defaultdict(list)
    for mark in raw["mark"]:
        by_pair[mark["person_id"], mark["meeting_id"]].append(mark)
    found = {}
    for member in raw["membership"]:
        if member["role"] != "learner":
            continue
        joined, gone = moment(member["starts_at"]), moment(member["ends_at"])
        for meeting in raw["meeting"]:
            if meeting["state"] == "planned" and moment(meeting["starts_at"]) > at:
                continue
            pair = member["person_id"], meeting["id"]
            inside = moment(meeting["ends_at"]) > joined
            inside = inside and (gone is None or moment(meeting["starts_at"]) < gone)
            if inside or by_pair[pair]:
                found[pair] = stand(by_pair[pair], meeting, grace)
    return found


CAME, VOUCHED = ("present", "late", "left_early"), ("teacher", "witness", "paper", "makeup")
RANKS = ["teacher", "witness", "paper", "own", "import", "leave", "listed", "makeup"]
GOING = [*(one for one in RANKS if one != "own"), "own"]  # own smiles come after class


def rank(mark):
    if mark["sure"] == "witness":
        return "leave" if mark["status"] == "leave" and mark["how"] != "witness" else "witness"
    if mark["sure"] == "helper" and mark["how"] == "list":
        return "listed"
    return mark["sure"] if mark["sure"] in RANKS else "own"


def strongest(marks, ranks):
    """Return the mark of the strongest word, and whose word it is; None where there is none."""
    for name in ranks:
        said = sorted((m for m in marks if rank(m) == name), key=lambda m: (m["at"], m["id"]))
        if said:
            first = [m for m in said if m["status"] in CAME] or said
            own_words = name in ("own", "listed") and said[0]["phase"] == "in"
            return (first[0] if own_words else said[-1]), name
    return None, None


def since_when(word, name, coming, meeting, grace):
    """Say from when minutes run; where check-in was opened late, nobody was late before that."""
    starts, opened = moment(meeting["starts_at"]), moment(meeting["opened_at"])
    at = moment(word["at"])
    waits = opened and (opened - starts) // MINUTE > 0
    if waits and name in ("own", "listed"):
        after = max((at - opened) // MINUTE, 0)
        if after <= grace:
            return starts
        return starts + after * MINUTE if word["status"] == "late" else max(at, starts)
    if name not in VOUCHED:
        return max(at, starts)
    if word["status"] != "late":
        return starts
    if word["minutes_late"]:
        return starts + word["minutes_late"] * MINUTE
    taps = [moment(m["at"]) for m in coming if rank(m) not in VOUCHED and m["status"] in CAME]
    return max(min([*taps, at]), starts)


def until_when(word, exit_, meeting, over):
    """Say until when minutes run, None where nobody can tell."""
    if exit_ is not None:
        return min(moment(exit_["at"]), over)
    if word["status"] == "left_early":
        return min(moment(word["at"]), over)
    return over if meeting["state"] == "closed" and meeting["closed_by"] is not None else None


def stand(marks, meeting, grace):
    """Say how one person stood in one meeting."""
    if meeting["state"] == "cancelled":
        return None, 0, False
    taken_back = [m["key"].split(":")[1] for m in marks if m["status"] == "withdrawn"]
    left_over = [m for m in marks if m["status"] != "withdrawn" and str(m["id"]) not in taken_back]
    coming = [m for m in left_over if m["phase"] == "in"]
    word, name = strongest(coming, RANKS)
    if word is None:
        return ("absent" if meeting["state"] == "closed" else None), 0, False
    if word["status"] not in CAME:
        return word["status"], 0, name == "makeup"
    exit_, _name = strongest([m for m in left_over if m["phase"] == "out"], GOING)
    closed = moment(meeting["closed_at"])
    over = min(moment(meeting["ends_at"]), closed or moment(meeting["ends_at"]))
    since = since_when(word, name, coming, meeting, grace)
    until = until_when(word, exit_, meeting, over)
    minutes = 0
    while until is not None and since + MINUTE <= until:
        since, minutes = since + MINUTE, minutes + 1
    gone = exit_ or (word if word["status"] == "left_early" else None)
    early = gone and over - moment(gone["at"]) >= (grace + 1) * MINUTE
    early = early or (gone and gone["status"] == "left_early")
    return "left_early" if early else word["status"], minutes, name == "makeup"


def phone_seconds(raw, person, found):
    """Add up lessons by day, but for those in a meeting that gave minutes, or outside the class."""
    member = next(m for m in raw["membership"] if m["person_id"] == person)
    busy = [
        (moment(m["starts_at"]), moment(m["ends_at"]))
        for m in raw["meeting"]
        if found.get((person, m["id"]), (None, 0, False))[1]
    ]
    days: dict[date, int] = defaultdict(int)
    for one in raw["sitting"]:
        at = moment(one["finished_at"])
        ended = moment(member["ends_at"])
        enrolled = moment(member["starts_at"]) <= at and (ended is None or at < ended)
        if one["person_id"] == person and enrolled and not any(a <= at <= b for a, b in busy):
            days[(at + timedelta(hours=8)).date()] += one["seconds"]
    return days


def hours(raw, person, found, rules):
    """Reckon hours minute by minute: live, made up, on the phone, and all that counts."""
    track = next(m["track"] for m in raw["membership"] if m["person_id"] == person)
    phone = phone_seconds(raw, person, found)
    modes = {m["id"]: m["mode"] for m in raw["meeting"]}
    days = {m["id"]: (moment(m["starts_at"]) + timedelta(hours=8)).date() for m in raw["meeting"]}
    sums = {"live": Fraction(0), "made_up": Fraction(0), "phone": Fraction(0), "all": Fraction(0)}
    online = online_aside = Fraction(0)
    for day in sorted({*days.values(), *phone}):
        rule = next((r for r in rules if r.effective_from <= day), rules[-1])
        own = rule.tracks.register_ if track == "register" else rule.tracks.certificate
        given = own.model_dump(exclude_unset=True)
        unit = given.get("unit_minutes", rule.unit_minutes)
        most = given.get("max_per_day", rule.max_per_day)
        today = aside = Fraction(0)
        turns = [
            (mode, late, "made_up" if late else "live")
            for late in (False, True)
            for mode in ("offline", "practice", "online")
        ]
        for mode, late, name in [*turns, ("phone", False, "phone")]:
            minutes = phone.get(day, 0) // 60
            if mode != "phone":
                held = [n for n in days if days[n] == day and modes[n] == mode]
                pairs = [found[person, n] for n in held if (person, n) in found]
                minutes = sum(one[1] for one in pairs if one[2] is late)
            counts = not late or rule.makeup_counts
            used, afar = (today, online) if counts else (today + aside, online + online_aside)
            for _minute in range(minutes):
                part = min(Fraction(1, unit), max(most - used, Fraction(0)))
                if mode in ("online", "phone"):
                    part = min(part, max(rule.online_cap - afar, Fraction(0)))
                    afar += part
                used += part
                sums[name] += part
                sums["all"] += part if counts else 0
            if counts:
                today, online = used, afar
            else:
                aside, online_aside = used - today, afar - online
    return sums
