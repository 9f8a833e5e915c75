from typing import Any

from telegram import Bot, Update

from handlers.reading import read

BOT = Bot("1:a")
MESSAGE: dict[str, Any] = {
    "message_id": 3,
    "date": 1_780_000_000,
    "chat": {"id": -5, "type": "supergroup", "title": "示例班"},
    "caption": "签到",
}
TAP: dict[str, Any] = {
    "update_id": 9,
    "callback_query": {
        "id": "7",
        "from": {"id": 201, "is_bot": False, "first_name": "示例杨"},
        "message": MESSAGE,
        "chat_instance": "1",
        "data": "here:1",
    },
}


def test_a_tap_is_read_with_the_place_of_its_message_and_no_more():
    ours, whole = read(TAP, BOT), Update.de_json(TAP, BOT)
    assert ours.update_id == 9
    assert ours.callback_query == whole.callback_query
    assert (ours.effective_user, ours.effective_chat) == (
        whole.effective_user,
        whole.effective_chat,
    )
    place = ours.effective_message
    assert place == whole.effective_message
    assert place is not None
    assert place.caption is None


def test_anything_else_is_read_whole():
    said = {"update_id": 10, "message": MESSAGE}
    assert read(said, BOT).to_dict()["message"]["caption"] == "签到"
    strange = {"update_id": 11, "callback_query": TAP["callback_query"] | {"game_short_name": "x"}}
    assert read(strange, BOT).to_dict()["callback_query"]["game_short_name"] == "x"
