from datetime import UTC, datetime, timedelta

import pytest

from bot.pacing import BOT_SLACK, BULK_BURST, SLACK, Pace, Throttle, backoff
from bot.picking import LATE, ORPHANED, pick
from db.models import OutboxState, Priority
from db.queries.leaving import Due

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
GROUP = -100


def sent(throttle, chats, at, **kind):
    """Send to each chat what may go at this moment; return how many went."""
    gone = 0
    for chat in chats:
        if throttle.ready_at(chat, at, **{"reply": False, "edit": False} | kind) <= at:
            throttle.took(chat, at, edit=kind.get("edit", False))
            gone += 1
    return gone


def due(row_id, chat_id=1, priority=Priority.REPLY, method="sendMessage", **fields):
    usual = {"expires_at": None, "target_id": None}
    usual |= {"target_state": None, "target_message_id": None}
    return Due(row_id, chat_id, priority, method, **usual | fields)


def picked_ids(rows, throttle=None, slots=8, tick=0.0):
    throttle = throttle or Throttle(Pace())
    return [row.id for row in pick(rows, throttle, slots, NOW, tick).leaving]


def test_thirty_leave_in_a_second():
    throttle = Throttle(Pace())
    assert sent(throttle, range(1, 100), 0.0, reply=True) == 30
    assert sent(throttle, range(100, 200), 1.0, reply=True) == 0
    assert sent(throttle, range(100, 200), 1.0 + BOT_SLACK, reply=True) == 30


def test_bulk_leaves_two_of_the_thirty_to_replies():
    throttle = Throttle(Pace())
    bulk = [sent(throttle, range(100 * n, 100 * n + 100), n / 100) for n in range(100)]
    assert sum(bulk) == 28 + BULK_BURST - 1
    assert max(bulk) == BULK_BURST


def test_replies_pass_bulk_up_to_thirty_a_second_and_bulk_gives_way():
    throttle = Throttle(Pace())
    bulk = sum(sent(throttle, range(100 * n, 100 * n + 100), n / 100) for n in range(95))
    replies = sent(throttle, range(20_000, 20_100), 0.95, reply=True)
    assert (replies > 0, bulk + replies) == (True, 30)
    assert sent(throttle, range(30_000, 30_100), 0.97) == 0


def test_a_chat_takes_three_at_once_then_one_a_second():
    throttle = Throttle(Pace())
    assert [sent(throttle, [5], at) for at in (0, 0, 0, 0.9, 1.0 + SLACK, 1.5, 2.0 + SLACK)] == [
        *(1, 1, 0),  # the third waits the slack
        *(1, 1, 0, 1),
    ]


def test_what_flies_long_counts_from_when_it_arrived():
    throttle = Throttle(Pace())
    throttle.took(5, 0.0, edit=False)
    throttle.landed(5, 0.5)
    throttle.took(5, 0.6, edit=False)
    throttle.landed(5, 0.7)
    # Two stand in the chat's bucket, which Telegram began to fill at 0.5.
    assert throttle.chat_ready_at(5, 0.7, edit=False) == pytest.approx(0.5 + SLACK)
    throttle.took(5, 0.7, edit=False)
    throttle.landed(5, 0.8)
    assert throttle.chat_ready_at(5, 0.8, edit=False) == pytest.approx(1.5 + SLACK)


def test_a_group_takes_twenty_a_minute_of_which_fourteen_are_edits():
    throttle = Throttle(Pace())
    edits = sum(sent(throttle, [GROUP], at * 1.5, edit=True) for at in range(20))
    others = sum(sent(throttle, [GROUP], 30 + at * 1.5) for at in range(15))
    assert (edits, others) == (14, 6)
    assert throttle.chat_ready_at(GROUP, 55.0, edit=False) == pytest.approx(60 + SLACK)


def test_other_chats_do_not_wait_for_a_full_group():
    throttle = Throttle(Pace())
    for at in range(20):
        sent(throttle, [GROUP], at * 1.5)
    assert throttle.waiting_chats(30.0).keys() == {GROUP}
    assert sent(throttle, [7], 30.0) == 1


def test_a_429_pauses_its_chat_and_no_other():
    throttle = Throttle(Pace())
    assert not throttle.refuse(5, 0.0, 7)
    assert throttle.chat_ready_at(5, 0.0, edit=False) == 7.0
    assert sent(throttle, [6], 0.0) == 1


def test_three_chats_refused_within_a_second_pause_the_bot():
    throttle = Throttle(Pace())
    assert [throttle.refuse(chat, at, 7) for chat, at in ((5, 0.0), (6, 0.4), (7, 0.9))] == [
        *(False, False, True)
    ]
    assert throttle.bot_ready_at(1.0, reply=True) == pytest.approx(7.9)


def test_three_refusals_of_one_chat_or_over_time_do_not_pause_the_bot():
    throttle = Throttle(Pace())
    same = [throttle.refuse(5, at, 1) for at in (0.0, 0.1, 0.2)]
    slow = [throttle.refuse(chat, float(chat), 1) for chat in (6, 8, 10)]
    assert same + slow == [False] * 6


def test_a_faster_day_has_a_faster_pace():
    throttle = Throttle(Pace().faster(10))
    assert [sent(throttle, [GROUP], at) for at in (0.0, 0.0, 0.02, 0.12)] == [1, 1, 1, 1]
    for at in range(16):
        sent(throttle, [GROUP], 0.3 + at * 0.15)
    assert throttle.chat_ready_at(GROUP, 2.7, edit=False) == pytest.approx(6 + SLACK / 10)


def test_a_free_pace_holds_nobody_up():
    throttle = Throttle(Pace.free())
    assert sum(sent(throttle, [GROUP, 5], 0.0) for _ in range(100)) == 200


def test_what_is_over_is_forgotten():
    throttle = Throttle(Pace())
    sent(throttle, [GROUP, *range(1, 20)], 0.0)
    throttle.pause(3, 1.0)
    sent(throttle, [50], 100.0)
    assert (set(throttle.chats), throttle.pauses, throttle.groups) == ({50}, {}, {})


@pytest.mark.parametrize(
    ("attempt", "chance", "seconds"),
    [(0, 0.0, 0.25), (0, 1.0, 0.5), (3, 1.0, 4.0), (60, 1.0, 60.0), (60, 0.0, 30.0)],
)
def test_backoff_doubles_up_to_a_minute(attempt, chance, seconds):
    assert backoff(attempt, chance) == seconds


def test_urgent_chats_go_first_then_the_oldest():
    rows = [
        due(1, 1, Priority.BROADCAST),
        due(2, 2, Priority.REMINDER),
        due(3, 3, Priority.REPLY),
        due(4, 4, Priority.REPLY),
    ]
    assert picked_ids(rows, Throttle(Pace.free())) == [3, 4, 2, 1]
    assert picked_ids(rows, slots=2) == [3, 4]


def test_a_reply_never_overtakes_in_its_chat_but_takes_the_older_one_with_it():
    rows = [due(1, 1, Priority.BROADCAST), due(2, 2, Priority.BROADCAST), due(3, 2)]
    assert picked_ids(rows, slots=1) == [2]


def test_what_has_expired_is_skipped_and_the_next_goes():
    rows = [due(1, expires_at=NOW), due(2, expires_at=NOW + timedelta(seconds=1))]
    picked = pick(rows, Throttle(Pace()), 8, NOW, 0.0)
    assert (picked.skipped, [row.id for row in picked.leaving]) == ({LATE: [1]}, [2])


@pytest.mark.parametrize(
    ("state", "leaves", "skipped"),
    [
        (OutboxState.SENT, [2], {}),
        (OutboxState.WAITING, [], {}),
        (OutboxState.SENDING, [], {}),
        (OutboxState.UNCERTAIN, [], {}),
        (OutboxState.FAILED, [], {ORPHANED: [2]}),
        (OutboxState.SKIPPED, [], {ORPHANED: [2]}),
    ],
)
def test_an_edit_waits_for_its_message(state, leaves, skipped):
    number = 9 if state is OutboxState.SENT else None
    edit = due(2, method="editMessageText", target_id=1)
    edit = due(
        2,
        method="editMessageText",
        target_id=edit.target_id,
        target_state=state,
        target_message_id=number,
    )
    picked = pick([edit], Throttle(Pace()), 8, NOW, 0.0)
    assert ([row.id for row in picked.leaving], picked.skipped) == (leaves, skipped)


def test_an_edit_that_must_leave_room_is_passed_by_what_it_leaves_room_for():
    throttle = Throttle(Pace())
    for at in range(14):
        sent(throttle, [GROUP], at * 1.5, edit=True)
    rows = [due(1, GROUP, method="editMessageCaption"), due(2, GROUP)]
    assert picked_ids(rows, throttle, tick=40.0) == [2]


def test_it_is_told_when_to_look_again():
    throttle = Throttle(Pace())
    throttle.pause(1, 9.0)
    assert pick([due(1, 1)], throttle, 8, NOW, 2.0).again_at == 9.0
