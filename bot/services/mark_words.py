"""Why somebody counts as present or not, in one sentence that staff and auditors can read.

“present: tapped 8:03 in the group, confirmed by the teacher 8:20”: what each mark says, in the
order in which they were made, after what it comes to.
"""

from collections.abc import Sequence
from datetime import datetime

from bot.language import N_, SHANGHAI
from bot.services.reasons import Reason
from bot.services.standing import CAME, Standing, Word, standing, valid, when, word_of
from bot.services.whose_word import is_decision
from db.models import Contest, How, LeaveKind, Mark, Meeting, Phase, Status, StudyClass, Sure
from db.queries.marks import PLACE
from db.queries.objections import Contested

STATUSES: dict[Status | None, str] = {
    None: N_("open"),
    Status.PRESENT: N_("present"),
    Status.LATE: N_("late for class"),
    Status.LEFT_EARLY: N_("left early"),
    Status.LEAVE: N_("on leave"),
    Status.EXCUSED: N_("away on duty"),
    Status.ABSENT: N_("absent from class"),
    Status.WITHDRAWN: N_("withdrawn"),
}
OWN = {
    How.GROUP: N_("tapped %(time)s in the group"),
    How.TAP: N_("tapped %(time)s in private"),
    How.VOICE: N_("said it by voice %(time)s"),
    How.CODE: N_("gave the code of the moment %(time)s"),
    How.QR: N_("scanned the code of the moment %(time)s"),
    How.LIST: N_("wrote it in the group's list %(time)s"),
}
HELPED = N_("tapped %(time)s on a shared phone, by a relative")
MIDWAY = {
    True: N_("still there %(time)s, in the middle"),
    False: N_("gave a wrong number %(time)s, in the middle"),
}
WENT = N_("went %(time)s")
AT_PLACE = N_("%(metres)d m from the class's place %(time)s")
FAR = N_("%(metres)d m from the class's place %(time)s, more than its %(radius)d m")
SAID = {
    Word.ROLL: N_("%(status)s by the teacher's roll call %(time)s"),
    Word.WITNESS: N_("%(status)s by the class head's word %(time)s"),
    Word.PAPER: N_("%(status)s on the signed sheet, keyed in %(time)s"),
    Word.IMPORT: N_("in the file of the online meeting from %(time)s"),
    Word.LISTED: N_("%(status)s in a list that somebody else wrote %(time)s, to be confirmed"),
    Word.MAKEUP: N_("%(status)s, made up afterwards (%(day)s %(time)s)"),
}
CONFIRMED = {
    Word.ROLL: N_("confirmed by the teacher %(time)s"),
    Word.WITNESS: N_("confirmed by the class head %(time)s"),
    Word.PAPER: N_("confirmed by the signed sheet, keyed in %(time)s"),
}
DECIDED = N_("%(status)s, decided after a contest (%(day)s %(time)s)")
EARLY = N_("said %(time)s that they must go")
EARLY_GRANTED = N_("the class head let them go at %(time)s")
CONTESTED = {
    True: N_("contested %(asked)s, put right by %(name)s %(day)s because: %(reason)s"),
    False: N_("contested %(asked)s, left as it was by %(name)s %(day)s because: %(reason)s"),
}
WAITING = N_("contested %(asked)s, not decided yet")
SPOKEN = N_("said by voice")
LEAVES = {
    LeaveKind.SICK: N_("sick leave granted by the class head %(day)s"),
    LeaveKind.PERSONAL: N_("leave granted by the class head %(day)s"),
}


def story(marks: Sequence[Mark], meeting: Meeting) -> Reason:
    """Say how somebody stands, and by which marks."""
    stand = standing(marks, meeting)
    status = Reason(STATUSES[stand.status])
    acts: list[Reason] = []
    came = False
    for mark in sorted(valid(marks), key=when):
        acts.append(_told(mark, radius_of(meeting), came=came))
        came |= mark.phase is Phase.IN and mark.status in CAME and mark.key != PLACE
    if not acts:
        acts = [reason for reason in stand.reasons if not reason.values][:1]
    if not acts:
        return status
    return Reason(N_("%(status)s: %(acts)s"), (("status", status), ("acts", tuple(acts))))


def why(
    marks: Sequence[Mark], meeting: Meeting, stand: Standing, contests: Sequence[Contested] = ()
) -> list[Reason]:
    """Say by which marks somebody stands so, then what else was decided on the way, and why."""
    told = [story(marks, meeting), *stand.reasons] if marks else list(stand.reasons)
    return told + [_contested(one.contest, one.decider) for one in contests]


def _contested(contest: Contest, decider: str) -> Reason:
    """Say that a mark was contested, who decided and why, in the decider's own words."""
    asked = ("asked", _day(contest.at))
    if contest.decided_at is None:
        return Reason(WAITING, (asked,))
    # What was only spoken is kept as a voice; it is not put into words that nobody said.
    reason: object = contest.reason or Reason(SPOKEN if contest.word_id else "—")
    slots = (asked, ("name", decider), ("day", _day(contest.decided_at)), ("reason", reason))
    return Reason(CONTESTED[contest.status is not None], slots)


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).date().isoformat()


def status_word(status: Status | None, language: str) -> str:
    """Name how somebody stands."""
    return Reason(STATUSES[status]).say(language)


def radius_of(meeting: Meeting) -> int | None:
    """Return how far from the class's place is still there; None where nobody said."""
    study_class: StudyClass | None = meeting.study_class
    place = study_class.location if study_class else None
    return place.get("metres") if place else None


def _told(mark: Mark, radius: int | None, *, came: bool) -> Reason:
    """Say what one mark says; `came`: an earlier one said already that this person came."""
    slots: dict[str, object] = {
        "time": mark.at,
        "day": _day(mark.at),
        "status": Reason(STATUSES[mark.status]),
        "metres": mark.metres or 0,
        "radius": radius or 0,
    }
    word = word_of(mark)
    if mark.phase is Phase.OUT:
        text = _going(mark, word)
    elif mark.phase is Phase.MID:
        text = MIDWAY[mark.status in CAME]
    elif is_decision(mark):
        text = DECIDED
    elif mark.key == PLACE:
        text = FAR if radius and (mark.metres or 0) > radius else AT_PLACE
    elif word is Word.OWN:
        return _own(mark, slots)
    elif word is Word.LEAVE:
        text = LEAVES[mark.leave or LeaveKind.PERSONAL]
    elif came and word in CONFIRMED and mark.status in CAME:
        text = CONFIRMED[word]
    else:
        text = SAID[word]
    return _filled(text, slots)


def _going(mark: Mark, word: Word) -> str:
    """Say how somebody went: at the end, early by their own word, or with leave."""
    if mark.status is not Status.LEFT_EARLY or word not in (Word.OWN, Word.LEAVE):
        return WENT
    return EARLY if word is Word.OWN else EARLY_GRANTED


def _own(mark: Mark, slots: dict[str, object]) -> Reason:
    """Say what a learner's own mark says; of a leave or an absence, which it is."""
    if mark.sure is Sure.HELPER:
        return _filled(HELPED, slots)
    told = _filled(OWN.get(mark.how, OWN[How.TAP]), slots)
    if mark.status in CAME:
        return told
    both = (("status", slots["status"]), ("acts", (told,)))
    return Reason(N_("%(status)s: %(acts)s"), both)


def _filled(text: str, slots: dict[str, object]) -> Reason:
    return Reason(
        text, tuple((name, value) for name, value in slots.items() if f"({name})" in text)
    )
