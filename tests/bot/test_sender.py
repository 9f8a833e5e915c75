import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.localchat import Limits
from bot.pacing import BULK_BURST, Pace
from db.models import LedgerEntry, Message, OutboxState, Priority, Upload
from db.queries import outbox


async def until_is(row, row_id, state):
    """Let the others work until a row stands so."""
    while (await row(row_id)).state is not state:  # noqa: ASYNC110 - the database tells nobody
        await asyncio.sleep(0)


async def states(row, *ids):
    found = [await row(row_id) for row_id in ids]
    return [(message.state, message.error) for message in found]


async def test_a_message_arrives_and_its_row_says_so(town, post, row, sending, hand):
    (user,) = await town.people(1)
    sent = await post(user, "苗文")

    async with sending() as sender:
        await sender.drained()

    (message,) = await town.seen(user)
    found = await row(sent)
    assert message["text"] == "苗文"
    assert (found.state, found.message_id) == (OutboxState.SENT, message["message_id"])
    assert (found.sent_at, found.attempts, found.error) == (hand.now(), 1, "")


async def test_a_wake_is_enough(town, post, sending):
    (user,) = await town.people(1)
    async with sending(idle=60) as sender:
        await sender.drained()
        await post(user, "一")
        sender.wake()
        await sender.drained()
    assert await town.texts(user) == ["一"]


async def test_a_chat_hears_everything_in_order_whatever_its_priority(town, post, sending):
    users = await town.people(3)
    for number in range(6):
        for user in users:
            await post(user, str(number), priority=Priority.BROADCAST - number % 4)
    async with sending() as sender:
        await sender.drained()
    assert [await town.texts(user) for user in users] == [list("012345")] * 3


async def test_many_chats_with_more_than_a_page_keep_their_order(town, post, sending):
    users = await town.people(2)
    for number in range(100):
        await post(users[0], str(number), priority=Priority.BROADCAST)
    await post(users[1], "急")
    await post(users[0], "后")
    async with sending() as sender:
        await sender.drained()
    assert await town.texts(users[0]) == [*map(str, range(100)), "后"]
    assert await town.texts(users[1]) == ["急"]


async def test_what_comes_first_holds_up_its_chat_while_the_server_is_in_trouble(
    town, post, row, sending, hand
):
    first, other = await town.people(2)
    await town.fault("status", "sendMessage", status=500, chat=first)
    ids = [await post(first, "一"), await post(first, "二"), await post(other, "别")]

    async with sending(chance=lambda: 1.0) as sender:
        await until_is(row, ids[0], OutboxState.UNCERTAIN)
        await until_is(row, ids[2], OutboxState.SENT)
        assert await town.texts(first) == []
        hand.move(1)
        await sender.drained()

    assert await town.texts(first) == ["一", "二"]
    assert [(await row(n)).attempts for n in ids] == [3, 1, 1]  # lost, not found, sent


async def test_nothing_leaves_before_its_time_and_nothing_waits_for_it(town, post, sending, hand):
    (user,) = await town.people(1)
    card = await post(user, "一")
    later = hand.now() + timedelta(seconds=3)
    edit = {"payload": {"text": "1"}, "target_id": card, "not_before": later}
    await post(user, method="editMessageText", **edit)
    await post(user, "二")
    async with sending() as sender:
        await sender.drained()
        assert await town.texts(user) == ["一", "二"]
        hand.move(3)
        await sender.drained()
    assert await town.texts(user) == ["1", "二"]


async def test_what_has_expired_is_never_sent_late(
    town, post, row, sending, hand, database, county, make_person
):
    (user,) = await town.people(1)
    async with database.begin() as session:
        person = make_person()
        session.add(person)
    reminder = {
        "purpose": "reminder",
        "person_id": person.id,
        "priority": Priority.REMINDER,
        "expires_at": hand.now() + timedelta(hours=1),
    }
    in_time = await post(user, "上课", key="reminder:hour_before:7:1", **reminder)
    async with sending() as sender:
        await sender.drained()
        hand.move(3601)
        late = await post(user, "上课", key="reminder:day_before:8:1", **reminder)
        await sender.drained()
    assert await states(row, in_time, late) == [
        (OutboxState.SENT, ""),
        (OutboxState.SKIPPED, "expired"),
    ]
    async with database.read() as session:
        lines = await session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq))
        assert [(line.kind, line.payload) for line in lines] == [
            ("reminder.sent", {"reminder": "hour_before", "meeting": 7}),
            ("reminder.skipped", {"reminder": "day_before", "meeting": 8, "reason": "expired"}),
        ]


async def test_a_429_pauses_its_chat_alone(town, post, row, sending, hand):
    slow, other = await town.people(2)
    await town.fault("status", "sendMessage", retry_after=9, chat=slow)
    waits = await post(slow, "一")
    first = await post(other, "二")
    async with sending() as sender:
        await until_is(row, first, OutboxState.SENT)
        second = await post(other, "三")
        sender.wake()
        await until_is(row, second, OutboxState.SENT)
        assert ((await row(waits)).state, await town.texts(slow)) == (OutboxState.WAITING, [])
        hand.move(9)
        await sender.drained()
    assert (await town.texts(slow), (await row(waits)).attempts) == (["一"], 1)


async def test_who_blocked_us_is_told_of_once_and_hears_nothing_more(
    town, post, row, sending, told
):
    gone, other = await town.people(2)
    await town.act("block", user=gone)
    ids = [await post(gone, "一"), await post(gone, "二"), await post(other, "三")]
    async with sending() as sender:
        await sender.drained()
    assert told == [("lost", gone)]
    assert await states(row, *ids) == [
        (OutboxState.FAILED, "Forbidden: bot was blocked by the user"),
        (OutboxState.SKIPPED, "unreachable"),
        (OutboxState.SENT, ""),
    ]


async def test_a_callback_that_fails_does_not_undo_the_result(town, post, row, sending):
    (gone,) = await town.people(1)
    await town.act("block", user=gone)
    failed = await post(gone)

    async def lost(session, chat_id):
        session.add(Message(chat_id=chat_id))
        await session.flush()

    async with sending(lost=lost) as sender:
        await sender.drained()
    assert (await row(failed)).state is OutboxState.FAILED


async def test_a_refusal_fails_its_row_and_no_other(town, post, row, sending):
    (user,) = await town.people(1)
    ids = [
        await post(user, ""),
        await post(user, method="sendNothing"),
        await post(user, method="sendVoice", payload={"voice": {"file": "data:none.ogg"}}),
        await post(user, method="sendVoice", payload={"voice": {"file": "data:../../key"}}),
        await post(user, "好"),
    ]
    async with sending() as sender:
        await sender.drained()
    found = await states(row, *ids)
    assert [state for state, _ in found] == [OutboxState.FAILED] * 4 + [OutboxState.SENT]
    assert found[0][1] == "Message text is empty"
    assert found[1][1] == "no such method"
    assert found[2][1].startswith("broken: FileNotFoundError in ")
    assert found[3][1].startswith("broken: ValueError in ")


async def test_a_row_that_is_about_another_takes_its_number(town, post, row, sending):
    (user,) = await town.people(1)
    card = await post(user, "一")
    same = await post(user, method="editMessageText", target_id=card)
    edit = await post(user, method="editMessageText", payload={"text": "一"}, target_id=card)
    react = {"reaction": [{"type": "emoji", "emoji": "👍"}]}
    other = await post(user, "二")
    reacted = await post(user, method="setMessageReaction", payload=react, target_id=card)
    deleted = await post(user, method="deleteMessage", payload={}, target_id=other)
    again = await post(user, method="deleteMessage", payload={}, target_id=other)
    gone = await post(user, method="editMessageText", target_id=other)
    never = await post(user, "", target_id=None)
    orphan = await post(user, method="editMessageText", target_id=never)
    async with sending() as sender:
        await sender.drained()
    assert await town.texts(user) == ["一"]
    assert await states(row, edit, reacted, deleted, again) == [(OutboxState.SENT, "")] * 4
    assert await states(row, same, gone, orphan) == [
        (OutboxState.SENT, ""),
        (OutboxState.FAILED, "Message to edit not found"),
        (OutboxState.SKIPPED, "target was not sent"),
    ]
    assert (await row(edit)).message_id == (await row(card)).message_id


async def test_what_waits_for_a_group_follows_it_to_its_new_number(town, post, row, sending, told):
    (owner,) = await town.people(1)
    group = await town.group(owner)
    moved = (await town.act("groups/#/migrate", group))["id"]
    ids = [await post(group, "一"), await post(group, "二")]
    async with sending() as sender:
        await sender.drained()
    assert told == [("migrated", group, moved)]
    assert [(await row(n)).chat_id for n in ids] == [moved, moved]
    assert await town.texts(moved, owner) == ["一", "二"]


async def test_a_file_goes_up_once_and_again_when_its_id_is_forgotten(
    town, post, row, sending, tmp_path, database
):
    users = await town.people(4)
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips/a.txt").write_bytes(b"clip")
    clip = {"document": {"file": "data:clips/a.txt"}, "caption": "一"}
    sends = [await post(user, method="sendDocument", payload=clip) for user in users[:3]]
    async with sending() as sender:
        await sender.drained()
    async with database.read() as session:
        upload = await session.scalar(select(Upload))
    files = town.world.files
    assert len(files.by_id) == 1
    assert upload.file_id in files.by_id
    assert [state for state, _ in await states(row, *sends)] == [OutboxState.SENT] * 3

    files.by_id.clear()
    await post(users[3], method="sendDocument", payload=clip)
    async with sending() as sender:
        await sender.drained()
    (message,) = await town.seen(users[3])
    assert message["document"]["file_name"] == "a.txt"


async def test_files_inside_media_go_up_as_well(town, post, row, sending, tmp_path):
    (user,) = await town.people(1)
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text(name)
    album = [{"type": "document", "media": {"file": f"data:{name}.txt"}} for name in "ab"]
    sent = await post(user, method="sendMediaGroup", payload={"media": album})
    again = await post(user, method="sendMediaGroup", payload={"media": album})
    async with sending() as sender:
        await sender.drained()
    names = [message["document"]["file_name"] for message in await town.seen(user)]
    assert names == ["a.txt", "b.txt"] * 2
    assert (len(town.world.files.by_id), (await row(again)).state) == (2, OutboxState.SENT)
    assert (await row(sent)).message_id == (await town.seen(user))[0]["message_id"]


async def test_bulk_keeps_the_pace_and_leaves_room_for_replies(town, post, row, sending, hand):
    town.world.limiter.limits = Limits()
    users = await town.people(40)
    bulk = [await post(user, "全", priority=Priority.BROADCAST) for user in users[:38]]
    async with sending(Pace(), flights=64) as sender:
        await until_is(row, bulk[0], OutboxState.SENT)
        replies = [await post(user, "答") for user in users[38:]]
        sender.wake()
        for reply in replies:
            await until_is(row, reply, OutboxState.SENT)
        assert len(town.calls("sendMessage")) <= BULK_BURST + len(replies)
        drained = asyncio.create_task(sender.drained())
        while not drained.done():
            if not sender._in_flight:  # noqa: SLF001 - while one flies, no time passes
                hand.move(0.01)
            await asyncio.sleep(0)
    found = await states(row, *bulk, *replies)
    assert found == [(OutboxState.SENT, "")] * 40
    assert town.world.limiter.refused == 0


# Pacing asks no database; beside a server of its own, this clock would run on while it thinks.
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_the_group_never_has_to_be_told_to_wait(town, post, sending, hand):
    town.world.limiter.limits = Limits()
    (owner,) = await town.people(1)
    group = await town.group(owner)
    for number in range(25):
        await post(group, str(number))
    async with sending(Pace()) as sender:
        drained = asyncio.create_task(sender.drained())
        while not drained.done():
            if not sender._in_flight:  # noqa: SLF001 - while one flies, no time passes
                hand.move(0.05)
            await asyncio.sleep(0)
    assert await town.texts(group, owner) == [str(number) for number in range(25)]
    assert town.world.limiter.refused == 0


async def test_a_live_card_is_edited_at_once_then_after_three_then_five_seconds(
    town, post, row, sending, hand, database
):
    (user,) = await town.people(1)
    card = await post(user, "0")
    begun, shown = hand.now(), []
    async with sending() as sender:
        await sender.drained()
        for second in range(15):
            async with database.begin() as session:
                target = await session.get_one(Message, card)
                payload = {"text": str(second + 1)}
                await outbox.supersede(
                    session, target, "tally", "editMessageText", payload, hand.now()
                )
            sender.wake()
            await sender.drained()
            shown += await town.texts(user)
            hand.move(1)
    assert [int(text) for text in shown] == [1, 1, 1, 4, 4, 4, 4, 4, 9, 9, 9, 9, 9, 14, 14]
    async with database.read() as session:
        edits = await session.scalars(select(Message).where(Message.target_id == card))
        after = [(edit.not_before - begun).total_seconds() for edit in edits]
    assert after == [0, 3, 8, 13, 18]


async def test_what_is_in_hand_arrives_before_the_end(town, post, row, make_sender, until):
    users = await town.people(4)
    sent = [await post(user) for user in users]
    sender = make_sender()
    running = asyncio.create_task(sender.run())
    await until(lambda: town.calls("sendMessage"))
    sender.stop()
    await running
    await sender.drained()
    assert await states(row, *sent) == [(OutboxState.SENT, "")] * 4


async def test_an_unknown_token_loses_nothing(town, post, row, sending, hand):
    (user,) = await town.people(1)
    waits = await post(user, "一")
    await town.fault("status", "sendMessage", status=401)
    async with sending() as sender:
        await sender.drained()
    assert ((await row(waits)).attempts, await town.texts(user)) == (2, ["一"])
