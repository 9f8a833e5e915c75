import json

import pytest

from bot.localchat import Limits
from bot.localchat.limits import Limiter


@pytest.fixture
def limiter(clock):
    return Limiter(Limits(), clock.monotonic)


def take(limiter, chat, times):
    return [limiter.take(1, chat) for _ in range(times)]


def test_a_bot_sends_thirty_a_second(limiter, clock):
    assert [limiter.take(1, chat) for chat in range(1, 31)] == [None] * 30
    assert limiter.take(1, 31) == 1
    clock.seconds += 1
    assert [limiter.take(1, chat) for chat in range(31, 61)] == [None] * 30
    assert limiter.take(1, 61) == 1
    assert limiter.refused == 2


def test_a_chat_takes_a_short_burst_then_one_a_second(limiter, clock):
    assert take(limiter, 5, 4) == [None, None, None, 1]
    clock.seconds += 1
    assert take(limiter, 5, 2) == [None, 1]
    clock.seconds += 10
    assert take(limiter, 5, 4) == [None, None, None, 1]


def test_a_group_takes_twenty_a_minute(limiter, clock):
    for _ in range(20):
        assert limiter.take(1, -5) is None
        clock.seconds += 2
    assert limiter.take(1, -5) == 20
    clock.seconds += 20
    assert limiter.take(1, -5) is None


def test_an_album_counts_each_picture(limiter):
    assert limiter.take(1, -5, count=10) is None
    assert limiter.take(1, -5, count=10) is None
    assert limiter.take(1, -5) == 60


def test_bots_and_chats_do_not_share_their_room(limiter):
    assert take(limiter, 5, 3) == take(limiter, 6, 3) == [None] * 3
    assert limiter.take(2, 5) is None


def test_a_faster_day_has_more_room(clock):
    limiter = Limiter(Limits().faster(60), clock.monotonic)
    for _ in range(20):
        assert limiter.take(1, -5) is None
        clock.seconds += 1 / 60
    assert limiter.take(1, -5) == 1
    clock.seconds += 40 / 60
    assert limiter.take(1, -5) is None


@pytest.mark.parametrize(
    "limits",
    [None, Limits(per_second=None, chat_every=None, group_per_minute=None)],
)
def test_limits_can_be_switched_off(clock, limits):
    assert take(Limiter(limits, clock.monotonic), -5, 100) == [None] * 100


@pytest.fixture
def limits():
    return Limits()


async def test_the_answer_names_the_wait(phone):
    user = await phone.person()
    for _ in range(3):
        await phone.done("sendMessage", chat_id=user, text="a")

    assert await phone.call("sendMessage", chat_id=user, text="a") == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert (await phone.see("pending"))["too_many"] == 1


async def test_edits_and_sends_share_a_groups_minute(phone, clock):
    group = await phone.group(await phone.person())
    sent = await phone.done("sendMessage", chat_id=group, text="0")
    where = {"chat_id": group, "message_id": sent["message_id"]}
    for number in range(1, 20):
        clock.seconds += 1
        await phone.done("editMessageText", **where, text=str(number))
    clock.seconds += 1

    assert (await phone.refused("sendMessage", chat_id=group, text="a")) == (
        429,
        "Too Many Requests: retry after 40",
    )


async def test_what_is_refused_anyway_costs_nothing(phone):
    user = await phone.person()
    for _ in range(5):
        assert (await phone.refused("sendMessage", chat_id=user, text=""))[0] == 400

    await phone.done("sendMessage", chat_id=user, text="a")


async def test_answers_to_taps_are_not_limited(phone):
    user = await phone.person()
    markup = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]})
    sent = await phone.done("sendMessage", chat_id=user, text="a", reply_markup=markup)
    for _ in range(40):
        tapped = await phone.act("tap", user=user, message_id=sent["message_id"], data="a")
        await phone.done("answerCallbackQuery", **tapped)
