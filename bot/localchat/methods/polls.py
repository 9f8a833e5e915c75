"""Polls: sent, voted in, stopped."""

import asyncio
from typing import Any

from bot.localchat.addressing import find_chat, find_message
from bot.localchat.arguments import Args
from bot.localchat.formatting import length
from bot.localchat.keyboards import read_markup
from bot.localchat.methods.sending import say
from bot.localchat.posting import publish, shown
from bot.localchat.refusals import ControlError, bad
from bot.localchat.world import Bot, Poll, World

JSON = dict[str, Any]

QUESTION_LIMIT = 300
OPTION_LIMIT = 100
OPTIONS = range(2, 13)
OPEN_SECONDS = range(5, 2_628_001)


async def send_poll(world: World, bot: Bot, args: Args) -> JSON:
    """Send a poll."""
    chat = find_chat(world, bot, args)
    question = args.text("question").strip()
    if not question:
        raise bad("poll question must be non-empty")
    if length(question) > QUESTION_LIMIT:
        raise bad(f"poll question length must not exceed {QUESTION_LIMIT}")
    options = _options(args)
    kind = args.text("type") or "regular"
    if kind not in {"regular", "quiz"}:
        raise bad("unsupported poll type specified")
    correct = _correct(args, len(options)) if kind == "quiz" else []
    poll: JSON = {
        "id": world.serial(),
        "question": question,
        "options": [
            {"persistent_id": str(n), "text": text, "voter_count": 0}
            for n, text in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": args.flag("is_closed"),
        "is_anonymous": args.flag("is_anonymous", default=True),
        "type": kind,
        "allows_multiple_answers": args.flag("allows_multiple_answers"),
        "allows_revoting": args.flag("allows_revoting", default=kind == "regular"),
        "members_only": False,
    }
    seconds = _open_seconds(world, args)
    if seconds:
        poll |= {"open_period": seconds, "close_date": world.timestamp() + seconds}
    message = say(world, bot, chat, args, {"poll": poll})
    kept = Poll(poll, bot.id, chat, message["message_id"], correct)
    world.polls[poll["id"]] = kept
    if seconds:
        kept.timer = asyncio.get_running_loop().call_later(seconds, close, world, kept)
    return message


def _options(args: Args) -> list[str]:
    given = args.structure("options", "options")
    if not isinstance(given, list) or len(given) < OPTIONS.start:
        raise bad(f"poll must have at least {OPTIONS.start} option")
    if len(given) not in OPTIONS:
        raise bad(f"poll can't have more than {OPTIONS.stop - 1} options")
    texts = [str(one.get("text", "") if isinstance(one, dict) else one).strip() for one in given]
    if not all(texts):
        raise bad("poll options must be non-empty")
    if any(length(text) > OPTION_LIMIT for text in texts):
        raise bad(f"poll options length must not exceed {OPTION_LIMIT}")
    return texts


def _correct(args: Args, count: int) -> list[int]:
    given = args.structure("correct_option_ids", "correct option ids")
    chosen = given if isinstance(given, list) else [args.number("correct_option_id", -1)]
    if not chosen or not all(isinstance(n, int) and 0 <= n < count for n in chosen):
        raise bad("wrong correct option ID specified")
    return chosen


def _open_seconds(world: World, args: Args) -> int:
    seconds = args.number("open_period")
    if not seconds and args.number("close_date"):
        seconds = args.number("close_date") - world.timestamp()
    if seconds and seconds not in OPEN_SECONDS:
        raise bad("poll can't be opened for so long or so short a time")
    return seconds


async def stop_poll(world: World, bot: Bot, args: Args) -> JSON:
    """Close a poll and return what came out."""
    chat = find_chat(world, bot, args)
    entry = find_message(chat, args, "stop")
    if "poll" not in entry.message:
        raise bad("message is not a poll")
    if entry.bot_id != bot.id:
        raise bad("poll can't be stopped")
    poll = world.polls[entry.message["poll"]["id"]]
    if poll.json["is_closed"]:
        raise bad("poll has already been closed")
    entry.markup = read_markup(args)
    close(world, poll)
    return poll.json


def close(world: World, poll: Poll) -> None:
    """Close a poll, by hand or because its time is over."""
    if poll.timer is not None:
        poll.timer.cancel()
    _change(world, poll, is_closed=True)


def vote(world: World, poll: Poll, user: JSON, options: list[int]) -> JSON:
    """Take a person's vote; an empty list takes it back."""
    shape = poll.json
    due: int | None = shape.get("close_date")
    if due and world.timestamp() >= due and not shape["is_closed"]:
        close(world, poll)
    if poll.json["is_closed"]:
        raise ControlError("this poll is closed")
    if len(options) > 1 and not shape["allows_multiple_answers"]:
        raise ControlError("only one answer is allowed")
    if not all(0 <= n < len(shape["options"]) for n in options):
        raise ControlError("no such option")
    if user["id"] in poll.votes and not shape["allows_revoting"]:
        raise ControlError("a vote in a quiz stands")
    if options:
        poll.votes[user["id"]] = sorted(set(options))
    else:
        poll.votes.pop(user["id"], None)
    if not shape["is_anonymous"]:
        chosen = poll.votes.get(user["id"], [])
        answer = {
            "poll_id": shape["id"],
            "user": user,
            "option_ids": chosen,
            "option_persistent_ids": [str(n) for n in chosen],
        }
        world.bots[poll.bot_id].updates.put("poll_answer", answer)
    _change(world, poll)
    return poll.json


def _change(world: World, poll: Poll, **changes: object) -> None:
    """Count anew, show it on the phones and tell the bot."""
    counts = [sum(n in chosen for chosen in poll.votes.values())
              for n in range(len(poll.json["options"]))]  # fmt: skip
    options = [
        option | {"voter_count": count}
        for option, count in zip(poll.json["options"], counts, strict=True)
    ]
    poll.json = poll.json | {"options": options, "total_voter_count": len(poll.votes)} | changes
    if poll.json["is_closed"] and poll.correct:
        poll.json |= {"correct_option_id": poll.correct[0], "correct_option_ids": poll.correct}
    entry = poll.chat.messages.get(poll.message_id)
    if entry is not None:
        entry.message = entry.message | {"poll": poll.json}
        if entry.markup is None:
            entry.message.pop("reply_markup", None)
        else:
            entry.message["reply_markup"] = entry.markup
        publish(world, poll.chat, "edited", message=shown(entry))
    publish(world, poll.chat, "poll", poll=poll.json)
    world.bots[poll.bot_id].updates.put("poll", poll.json)


METHODS = {"sendPoll": send_poll, "stopPoll": stop_poll}
