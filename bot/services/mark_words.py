"""Why somebody counts as present or not, in one sentence that staff and auditors can read.

“present: tapped 8:03 in the group, confirmed by the teacher 8:20”: what each mark says, in the
order in which they were made, after what it comes to.
"""

from collections.abc import Sequence

from bot.language import N_, SHANGHAI
from bot.services.reasons import Reason
from bot.services.standing import CAME, Standing, Word, standing, valid, when, word_of
from db.models import How, LeaveKind, Mark, Meeting, Phase, Status, Sure
from db.queries.marks import PLACE

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
        acts.append(_told(mark, came=came))
        came |= mark.phase is Phase.IN and mark.status in CAME and mark.key != PLACE
    if not acts:
        acts = [reason for reason in stand.reasons if not reason.values][:1]
    if not acts:
        return status
    return Reason(N_("%(status)s: %(acts)s"), (("status", status), ("acts", tuple(acts))))


def why(marks: Sequence[Mark], meeting: Meeting, stand: Standing) -> list[Reason]:
    """Say by which marks somebody stands so, then what else was decided on the way."""
    return [story(marks, meeting), *stand.reasons] if marks else list(stand.reasons)


def status_word(status: Status | None, language: str) -> str:
    """Name how somebody stands."""
    return Reason(STATUSES[status]).say(language)


def _told(mark: Mark, *, came: bool) -> Reason:
    """Say what one mark says; `came`: an earlier one said already that this person came."""
    slots: dict[str, object] = {
        "time": mark.at,
        "day": mark.at.astimezone(SHANGHAI).date().isoformat(),
        "status": Reason(STATUSES[mark.status]),
        "metres": mark.metres or 0,
    }
    word = word_of(mark)
    if mark.phase is not Phase.IN:
        text = WENT if mark.phase is Phase.OUT else MIDWAY[mark.status in CAME]
    elif mark.key == PLACE:
        text = AT_PLACE
    elif word is Word.OWN:
        return _own(mark, slots)
    elif word is Word.LEAVE:
        text = LEAVES[mark.leave or LeaveKind.PERSONAL]
    elif came and word in CONFIRMED and mark.status in CAME:
        text = CONFIRMED[word]
    else:
        text = SAID[word]
    return _filled(text, slots)


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
