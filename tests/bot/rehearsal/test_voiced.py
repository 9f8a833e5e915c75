"""The rule of voices, on chats that keep it and on chats that break it."""

import pytest

from bot.rehearsal.voiced import defects, shown

VOICE = {"voice": {"file": "bot:clips/zh/018.ogg"}}


def card(*faces, words="1 读书", hear="018", kind="photo", acts=None):
    acts = acts or [f"act:{place}" for place in range(len(faces))]
    rows = [[{"text": face, "callback_data": act} for face, act in zip(faces, acts, strict=True)]]
    if hear:
        rows.append([{"text": "🔊", "callback_data": f"hear:{hear}"}])
    content = {kind: "file", "caption": words} if kind != "text" else {"text": words}
    return content | {"reply_markup": {"inline_keyboard": rows}}


def found(*chat, missed=()):
    seen = [shown(number, content) for number, content in enumerate(chat, 1)]
    return [why for _number, why in defects(seen, {"018"}, set(missed))]


KEPT = {
    "a receipt is a voice note": [VOICE | {"caption": "很好"}],
    "a voice comes before its card": [VOICE, card("1 📖", "2 ✋", hear="")],
    "a card plays its own voice": [card("1 📖", "2 ✋")],
    "a picture shows what was just said": [VOICE | {"caption": "认得3个字"}, {"photo": "file"}],
    "strokes are a moving picture": [card("▶️", kind="animation")],
    "amounts of money are numerals": [card("5元", "3元5角", "✔ 1元")],
    "a dial pad and a row of cards": [card("1", "⌫", "①", "②")],
    "names stand behind numerals": [card("1 杨阿妹", "2 吴二", acts=["who:3", "with:1:4"])],
}
BROKEN = {
    "words alone": ([{"text": "班主任同意了"}], "neither voice"),
    "a card after a receipt": ([VOICE | {"caption": "很好"}, card(hear="")], "neither voice"),
    "a card after another card": ([VOICE, card(hear=""), card(hear="")], "neither voice"),
    "a button that plays nothing": ([card(hear="gone")], "plays nothing"),
    "choices without a picture": ([VOICE, card("1 ▶️", "2 🔁", kind="text")], "without a picture"),
    "a button with a word": ([card("1 读书", "2 ✋")], "must be read"),
    "a name without a number": ([card("杨阿妹", acts=["who:3"])], "must be read"),
    "a long button": ([card("1 2 3 4 5 6 7")], "must be read"),
}


@pytest.mark.parametrize("what", KEPT)
def test_who_reads_nothing_can_follow(what):
    assert found(*KEPT[what]) == []


@pytest.mark.parametrize("what", BROKEN)
def test_who_reads_nothing_cannot_follow(what):
    chat, why = BROKEN[what]
    (said,) = found(*chat)
    assert why in said


def test_what_was_noted_as_missing_may_be_without_a_voice():
    chat = [{"text": "班主任同意了"}, {"text": "老师说好"}]
    assert len(found(*chat, missed=[2])) == 1


def test_the_voice_of_a_removed_message_counts_for_nobody_else():
    assert found(VOICE, card(hear=""), {"text": "再见"}) != []
