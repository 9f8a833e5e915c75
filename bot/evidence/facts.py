"""What stands in a dossier: plain values, from the rows of one person."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.evidence.attendance import ClassFacts, hours_of, rule_facts, status_key
from bot.evidence.learning import learning_facts, stored
from bot.evidence.traces import Traces
from bot.evidence.words import day, exact, long_day, span, time, weekday, word
from bot.services.counting import Standing, shown
from bot.services.hours import Credit, is_made_up
from bot.services.hours_of_class import LearnerHours
from bot.services.mark_words import why
from db.ledger import GENESIS
from db.models import (
    Consent,
    Mark,
    Meeting,
    Phase,
    Question,
    Status,
)
from db.queries.clips import VARIETY
from db.queries.evidence import Kept

Facts = dict[str, Any]


def digest_text(number: str, head: str, seq: int) -> str:
    """Write what a dossier's QR says of its ledger."""
    return f"MIAOKE1|{number}|{head}|{seq}"


def chain_end(kept: Kept) -> tuple[int, str]:
    """Return the number and hash of a person's last ledger line."""
    return (kept.lines[-1].seq, kept.lines[-1].hash) if kept.lines else (0, GENESIS)


def dossier_facts(about: ClassFacts, learner: LearnerHours, kept: Kept) -> Facts:
    """Gather what stands in one learner's dossier."""
    traces = Traces(kept.lines, {one.number: one.lines for one in kept.walk_ins})
    person = learner.person
    seq, head = chain_end(kept)
    files = {number: stored(file) for number, file in kept.media.items()}
    topics = {meeting.id: meeting.title for meeting in about.meetings}
    since = learner.membership.starts_at if learner.membership else None
    return {
        "number": person.number,
        "made": long_day(about.now),
        "made_exact": exact(about.now),
        "person": {
            "name": person.name,
            "sex": person.sex,
            "ethnicity": person.ethnicity,
            "birth": day(person.birth_date),
            "id": "*" * 14 + person.id_tail if person.id_tail else "",
            "township": person.township,
            "village": person.village,
            "speaks": word("language", person.speaks),
            "since": day(since),
        },
        "class": {
            "name": about.study_class.name,
            "trade": about.study_class.trade,
            "point": about.study_class.teaching_point,
            "head": about.head,
        },
        "rule": rule_facts(learner.rule),
        "totals": totals_of(learner),
        "meetings": [_meeting(meeting, learner, traces, kept) for meeting, _ in learner.standings],
        "marks": [
            _mark(mark, topics[mark.meeting_id], about, files, traces) for mark in kept.marks
        ],
        **learning_facts(about, learner, kept, traces),
        "questions": [_question(row, about, files, traces) for row in kept.questions],
        "consents": [
            _consent(row, about, files, traces) for row in kept.consents if row.kind != VARIETY
        ],
        "ledger": {"entries": seq, "head": head, "digest": digest_text(person.number, head, seq)},
        "walk_ins": [
            {"number": one.number, "entries": one.entries, "head": one.head}
            for one in kept.walk_ins
        ],
    }


def totals_of(learner: LearnerHours) -> Facts:
    """Write what a learner's meetings and lessons add up to, as the register does.

    What was made up (补录) and what was learnt on the phone stand apart from the meetings' hours.
    """
    total = learner.totals
    count = total.by_status
    figures = {
        "hours": total.hours,
        "practice": total.practice,
        "online": total.online,
        "phone": total.phone,
        "makeup": total.makeup,
        "counted": total.counted,
        "uncapped": total.uncapped,
    }
    return {
        "track": word("track", learner.track.value),
        "meetings": total.meetings,
        "minutes": total.minutes,
        "phone_minutes": total.phone_minutes,
        "made_up": total.made_up,
        "makeup_minutes": total.makeup_minutes,
        **{name: str(shown(value)) for name, value in figures.items()},
        "capped": total.hours != total.uncapped,
        "left": None if learner.left is None else str(shown(learner.left)),
        **{status.value: count[status] for status in Status if status is not Status.WITHDRAWN},
    }


def _meeting(meeting: Meeting, learner: LearnerHours, traces: Traces, kept: Kept) -> Facts:
    own = [mark for mark in kept.marks if mark.meeting_id == meeting.id]
    contests = [one for one in kept.contests if one.contest.meeting_id == meeting.id]
    stand, credit = learner.by_meeting[meeting.id]
    return {
        "day": day(meeting.starts_at),
        "weekday": weekday(meeting.starts_at),
        "span": span(meeting.starts_at, meeting.ends_at),
        "topic": meeting.title,
        "mode": word("mode", meeting.mode.value),
        "place": meeting.place,
        **_stood(meeting, stand, credit),
        "reasons": [reason.say() for reason in why(own, meeting, stand, contests)],
        "lines": traces.of(
            "mark", "contest", "makeup", at=[mark.at for mark in own], meeting=meeting.id
        ),
    }


def _stood(meeting: Meeting, stand: Standing, credit: Credit) -> Facts:
    """Write how somebody stood, and what it gave."""
    return {
        "came": time(stand.came),
        "left": time(stand.left),
        "minutes": stand.minutes,
        "hours": hours_of(credit),
        "status": word("status", status_key(meeting, stand)),
        "made_up": is_made_up(stand),
    }


def _mark(
    mark: Mark, topic: str, about: ClassFacts, files: Mapping[int, str], traces: Traces
) -> Facts:
    return {
        "at": exact(mark.at),
        "topic": topic,
        "phase": word("phase", mark.phase.value),
        "status": "" if mark.phase is Phase.OUT else word("status", mark.status.value),
        "how": word("how", mark.how.value),
        "by": about.name(mark.made_by),
        "sure": word("sure", mark.sure.value),
        "file": files.get(mark.voice_id or 0, ""),
        "lines": traces.of("mark", at=[mark.at], mark=mark.id),
    }


def _question(
    question: Question, about: ClassFacts, files: Mapping[int, str], traces: Traces
) -> Facts:
    moments = [question.asked_at, question.answered_at]
    return {
        "asked": exact(question.asked_at),
        "text": question.text,
        "file": files.get(question.media_id or 0, ""),
        "answered": exact(question.answered_at),
        "answer": question.answer_text,
        "answer_file": files.get(question.answer_media_id or 0, ""),
        "by": about.name(question.answered_by),
        "clear": question.clear,
        "lines": traces.of("question", "answer", at=moments, question=question.id),
    }


def _consent(
    consent: Consent, about: ClassFacts, files: Mapping[int, str], traces: Traces
) -> Facts:
    moments = [consent.asked_at, consent.decided_at]
    return {
        "version": consent.notice_version,
        "language": word("language", consent.language),
        "state": word("consent", consent.state.value),
        "asked": exact(consent.asked_at),
        "decided": exact(consent.decided_at),
        "file": files.get(consent.voice_id or 0, ""),
        "witness": about.name(consent.witness_id),
        "witness_file": files.get(consent.witness_voice_id or 0, ""),
        "lines": traces.of(
            "consent", "notice", at=moments, consent=consent.id, version=consent.notice_version
        ),
    }


def without(kept: Kept, missing: set[str]) -> Kept:
    """Take out of a person's files those whose bytes were not found."""
    found = {n: file for n, file in kept.media.items() if file.sha256 not in missing}
    return replace(kept, media=found)
