"""What a dossier says of learning: lessons, items mastered, homework spoken and written."""

from collections.abc import Sequence
from typing import Any

from bot.evidence.attendance import ClassFacts
from bot.evidence.traces import Traces
from bot.evidence.words import day, exact, length, short, word, words
from bot.services.hours_of_class import LearnerHours
from db.models import Answer, Mastery, Media, MediaState, Sitting
from db.queries.evidence import Kept

Facts = dict[str, Any]
ORAL, WRITTEN = "oral", "written"
SPOKEN = "say_after"


def learning_facts(about: ClassFacts, learner: LearnerHours, kept: Kept, traces: Traces) -> Facts:
    """Gather lessons, items, homework and every answer of one learner."""
    sittings = {sitting.id: sitting for sitting in kept.sittings}
    works = [answer for answer in kept.answers if answer.voice_id is not None]
    steps = _steps(kept)
    return {
        "learning": _summary(about, learner, kept),
        "lessons": [_sitting(sitting, about, traces) for sitting in kept.sittings],
        "items": [_item(one, about, traces) for one in sorted(kept.mastery, key=_place)],
        "homework": {kind: _count(kind, works, sittings, kept) for kind in (ORAL, WRITTEN)},
        "works": [
            _work(answer, sittings[answer.sitting_id], about, kept, traces)
            | {"step": steps[answer.id]}
            for answer in works
        ],
        "answers": [
            _answer(answer, sittings[answer.sitting_id], about, kept, traces)
            | {"step": steps[answer.id]}
            for answer in kept.answers
        ],
    }


def _steps(kept: Kept) -> dict[int, int]:
    """Return the number that the step of each answer had then; its place may have changed."""
    told: dict[tuple[object, object], str] = {}
    for line in kept.lines:
        payload = line.payload or {}
        if line.kind in {"step.answered", "homework.sent"} and not payload.get("warm_up"):
            told[payload.get("sitting"), line.at] = str(payload.get("step", "")).rpartition(".")[2]
    numbers = {one.id: told.get((one.sitting_id, one.at), "") for one in kept.answers}
    return {
        one.id: int(numbers[one.id]) if numbers[one.id].isdecimal() else one.step + 1
        for one in kept.answers
    }


def stored(file: Media | None) -> str:
    """Name a file by the start of its digest, empty while its bytes are not in our keeping."""
    return short(file.sha256) if file and file.state is MediaState.STORED else ""


def kind_of(answer: Answer, file: Media | None) -> str:
    """Say whether homework was spoken or written."""
    heard = file is not None and (file.kind == "voice" or file.mime.startswith("audio/"))
    return ORAL if heard or answer.kind == SPOKEN else WRITTEN


def online_seconds(sittings: Sequence[Sitting], learner: LearnerHours, about: ClassFacts) -> int:
    """Add up the capped seconds of the lessons that were finished while in the class."""
    since = learner.membership.starts_at if learner.membership else about.now
    return sum(
        sitting.seconds
        for sitting in sittings
        if sitting.finished_at and since <= sitting.finished_at < about.now
    )


def _summary(about: ClassFacts, learner: LearnerHours, kept: Kept) -> Facts:
    finished = {sitting.lesson for sitting in kept.sittings if sitting.finished_at}
    seconds = online_seconds(kept.sittings, learner, about)
    return {
        "begun": len({sitting.lesson for sitting in kept.sittings}),
        "finished": len(finished),
        "seconds": seconds,
        "minutes": seconds // 60,
        "met": len(kept.mastery),
        "mastered": sum(one.mastered for one in kept.mastery),
    }


def _sitting(sitting: Sitting, about: ClassFacts, traces: Traces) -> Facts:
    moments = [sitting.started_at, sitting.finished_at]
    return {
        "lesson": about.title(sitting.lesson, sitting.version),
        "key": sitting.lesson,
        "version": short(sitting.version),
        "started": exact(sitting.started_at),
        "finished": exact(sitting.finished_at),
        "length": length(sitting.seconds),
        "lines": traces.of("lesson", at=moments, sitting=sitting.id),
    }


def _place(one: Mastery) -> tuple[str, int]:
    """Place an item by its lesson, then by the number of its step."""
    lesson, _dot, step = one.item.rpartition(".")
    return lesson, int(step) if step.isdecimal() else 0


def _item(one: Mastery, about: ClassFacts, traces: Traces) -> Facts:
    lesson, _dot, _step = one.item.rpartition(".")
    asked = about.title(one.item)
    return {
        "item": one.item,
        "lesson": about.title(lesson),
        "asked": "" if asked == one.item else asked,
        "mastered": one.mastered,
        "due": day(one.due_at),
        "lines": traces.of("item", "step", item=one.item, step=one.item),
    }


def _count(kind: str, works: Sequence[Answer], sittings: dict[int, Sitting], kept: Kept) -> Facts:
    """Count homework of a kind; what was sent in more than once for one step counts once."""
    norm = words()["homework"]
    sent = [one for one in works if kind_of(one, kept.media.get(one.voice_id or 0)) == kind]
    pieces = {(sittings[one.sitting_id].lesson, one.step) for one in sent}
    return {
        "pieces": len(pieces),
        "sent": len(sent),
        "reviewed": sum(one.reviewed_at is not None for one in sent),
        "norm": norm[kind],
        "met": len(pieces) >= norm[kind],
        "status": norm["status"],
        "source": norm["source"],
    }


def _work(answer: Answer, sitting: Sitting, about: ClassFacts, kept: Kept, traces: Traces) -> Facts:
    file = kept.media.get(answer.voice_id or 0)
    return {
        "at": exact(answer.at),
        "kind": word("work", kind_of(answer, file)),
        "lesson": about.title(sitting.lesson, sitting.version),
        "file": stored(file),
        "length": length(file.seconds) if file and file.seconds else "",
        "review": "" if answer.reviewed_at is None else word("review", str(answer.good).lower()),
        "by": about.name(answer.reviewed_by),
        "comment": stored(kept.media.get(answer.comment_id or 0)),
        "lines": traces.of(
            "homework", "step", at=[answer.at, answer.reviewed_at], answer=answer.id
        ),
    }


def _answer(
    answer: Answer, sitting: Sitting, about: ClassFacts, kept: Kept, traces: Traces
) -> Facts:
    file = kept.media.get(answer.voice_id or 0)
    return {
        "at": exact(answer.at),
        "lesson": about.title(sitting.lesson, sitting.version),
        "kind": word("step", answer.kind),
        "try": answer.tries,
        "right": answer.right,
        "written": file is not None and kind_of(answer, file) == WRITTEN,
        "file": stored(file),
        "length": length(answer.seconds),
        "lines": traces.of("step", "homework", at=[answer.at], answer=answer.id),
    }
