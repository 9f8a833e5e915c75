"""How an honest class meets: taps of households, the roll call, a sheet, a file, makeup."""

from collections import defaultdict
from datetime import timedelta

from db.models import How, LeaveKind, Makeup, Phase, Status, Sure

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def attend(made, meeting, home):
    """Let people tap, one household after another; the teacher calls who is left."""
    chance, starts = made.chance, meeting["starts_at"]
    teacher, _head_account = home["accounts"]
    missing, households = [], defaultdict(list)
    for person in home["learners"]:
        account = home["phone"][person]
        if account is None or chance.random() < 0.12:
            missing.append(person)
        else:
            households[account].append(person)
    for account, members in households.items():
        at = starts + timedelta(seconds=chance.randint(-900, 500))
        if chance.random() < 0.05:
            at = starts + chance.randint(11, 50) * MINUTE
        late = max((at - starts) // MINUTE, 0)
        late = late if late > 10 else 0
        how = chance.choice((How.GROUP, How.TAP, How.TAP, How.CODE, How.QR, How.VOICE))
        for number, person in enumerate(members):
            at += timedelta(seconds=chance.randint(2, 9))
            helper = members[0] if number else None
            made.mark(
                meeting,
                person,
                how,
                Sure.HELPER if helper else Sure.SELF,
                at,
                by=helper,
                account=account,
                status=Status.LATE if late else Status.PRESENT,
                minutes_late=late,
            )
            if chance.random() < 0.6:
                over = min(meeting["ends_at"], meeting["closed_at"])
                made.mark(
                    meeting,
                    person,
                    How.TAP,
                    Sure.SELF,
                    over + chance.randint(-5, 20) * MINUTE,
                    phase=Phase.OUT,
                    account=account,
                )
    help_out(made, meeting, home, starts)
    call_roll(made, meeting, home, missing, teacher)


def help_out(made, meeting, home, starts):
    """Let the class head mark the three without a phone on her own, or vouch for them."""
    at = starts + made.chance.randint(1, 8) * MINUTE
    vouched = made.chance.random() < 0.4
    for person in home["without"]:
        at += timedelta(seconds=made.chance.randint(3, 12))
        if made.chance.random() < 0.15:
            continue
        made.mark(
            meeting,
            person,
            How.WITNESS if vouched else How.TAP,
            Sure.WITNESS if vouched else Sure.HELPER,
            at,
            by=home["head"],
            account=home["accounts"][1],
        )


def call_roll(made, meeting, home, missing, account):
    """Save the roll call: all at the same moment; some are made up later, some had leave."""
    chance = made.chance
    at = meeting["starts_at"] + chance.randint(15, 30) * MINUTE
    for person in missing:
        if person in home["without"]:
            continue
        fate = chance.random()
        if fate < 0.12:
            made_up(made, meeting, person, home["teacher"], home["head"])
            continue
        if fate < 0.22:
            made.mark(
                meeting,
                person,
                How.TAP,
                Sure.WITNESS,
                meeting["starts_at"] - 12 * 60 * MINUTE,
                by=home["head"],
                key="leave",
                status=Status.LEAVE,
                leave=LeaveKind.PERSONAL,
            )
            continue
        status = Status.PRESENT if fate < 0.6 else Status.ABSENT
        made.mark(
            meeting,
            person,
            How.ROLL,
            Sure.TEACHER,
            at,
            by=home["teacher"],
            account=account,
            status=status,
        )


def made_up(made, meeting, person, asker, agrees, days=2):
    at = meeting["closed_at"] + days * DAY
    mark = made.mark(meeting, person, How.MAKEUP, Sure.MAKEUP, at, by=asker)
    made.add(
        Makeup,
        meeting_id=meeting["id"],
        person_id=person,
        status=Status.PRESENT,
        reason="手机没电",
        asked_by=asker,
        asked_at=at - 60 * MINUTE,
        granted=True,
        decided_by=agrees,
        decided_at=at,
        mark_id=mark,
    )


def attend_on_paper(made, meeting, home):
    """Key in the signed sheet, the next day or some days later."""
    at = meeting["ends_at"] + made.chance.randint(0, 5) * DAY
    for person in home["learners"]:
        came = made.chance.random() < 0.88
        made.mark(
            meeting,
            person,
            How.PAPER,
            Sure.PAPER,
            at,
            by=home["teacher"],
            account=home["accounts"][0],
            status=Status.PRESENT if came else Status.ABSENT,
        )


def attend_online(made, meeting, home):
    """Import the file of an online meeting the next morning; nobody without a phone is in it."""
    for person in home["learners"]:
        if home["phone"][person] is not None and made.chance.random() < 0.7:
            made.mark(
                meeting,
                person,
                How.IMPORT,
                Sure.IMPORT,
                meeting["ends_at"] + DAY,
                by=home["teacher"],
                account=home["accounts"][0],
            )


def come_by(made, meeting, stranger, home):
    """Add somebody who is not on the roster to the roll."""
    made.mark(
        meeting,
        stranger,
        How.ROLL,
        Sure.TEACHER,
        meeting["starts_at"] + 12 * MINUTE,
        by=home["teacher"],
        account=home["accounts"][0],
    )
