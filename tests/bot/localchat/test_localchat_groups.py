import json

import pytest

from bot.localchat import LocalChat


def kinds(updates):
    return [next(key for key in update if key != "update_id") for update in updates]


def texts(updates):
    return [u["message"].get("text") for u in updates if "message" in u]


async def test_a_plain_bot_hears_only_what_concerns_it(phone):
    owner = await phone.person()
    group = await phone.group(owner)
    sent = await phone.done("sendMessage", chat_id=group, text="card")
    here = {"user": owner, "chat": group}
    for text in ("chatter", "/today", "/today@miaoke_bot", "/today@other_bot", "@miaoke_bot"):
        await phone.act("say", **here, text=text)
    await phone.act("say", **here, text="reply", reply_to=sent["message_id"])

    assert texts(await phone.updates()) == ["/today", "/today@miaoke_bot", "reply"]


async def test_an_administrator_bot_hears_everything(phone):
    owner = await phone.person()
    group = await phone.group(owner, rights=["pin_messages", "can_delete_messages"])

    await phone.act("say", user=owner, chat=group, text="chatter")

    assert texts(await phone.updates()) == ["chatter"]


async def test_a_bot_without_privacy_hears_everything(chat, phone):
    chat.add_bot("2:b", "Other", "other_bot", privacy=False)
    owner = await phone.person()
    group = await phone.group(owner, bot=False)
    await phone.act(f"groups/{group}/members", user=2)
    await phone.act("say", user=owner, chat=group, text="chatter")

    heard = (await phone.call("getUpdates", bot="2:b"))["result"]

    assert kinds(heard) == ["my_chat_member", "message", "message"]
    assert (await phone.call("getMe", bot="2:b"))["result"]["can_read_all_group_messages"]


async def test_a_plain_command_goes_to_the_bot_that_spoke_last(chat, phone):
    chat.add_bot("2:b", "Other", "other_bot")
    owner = await phone.person()
    group = await phone.group(owner)
    await phone.act(f"groups/{group}/members", user=2)
    await phone.call("getUpdates", bot="2:b", offset=-1)
    await phone.call("sendMessage", bot="2:b", chat_id=group, text="I spoke")
    await phone.updates()

    await phone.act("say", user=owner, chat=group, text="/today")

    assert texts(await phone.updates()) == []
    assert texts((await phone.call("getUpdates", bot="2:b"))["result"])[-1] == "/today"


async def test_joining_and_leaving_is_told(phone):
    owner, learner = await phone.person(), await phone.person("Lao")
    group = await phone.group(owner)
    await phone.act(f"groups/{group}/members", user=learner, by=owner)
    await phone.act(f"groups/{group}/members/{learner}", "DELETE", by=owner)

    joined, left = await phone.updates()

    assert joined["message"]["new_chat_members"][0]["id"] == learner
    assert left["message"]["left_chat_member"]["id"] == learner
    member = await phone.done("getChatMember", chat_id=group, user_id=learner)
    assert member["status"] == "kicked"
    assert await phone.act("say", expect=400, user=learner, chat=group, text="a") == {
        "error": "this person is not in the group"
    }


async def test_a_bot_is_told_what_it_becomes(phone):
    owner = await phone.person()
    group = (await phone.act("groups", title="C", type="supergroup", owner=owner))["id"]
    await phone.updates()
    await phone.act(f"groups/{group}/members", user=1, by=owner)
    await phone.act(f"groups/{group}/admin", user=1, rights=["pin_messages"])
    await phone.act(f"groups/{group}/members/1", "DELETE", by=owner)

    changes = [u["my_chat_member"] for u in await phone.updates() if "my_chat_member" in u]

    assert [
        (change["old_chat_member"]["status"], change["new_chat_member"]["status"])
        for change in changes
    ] == [("left", "member"), ("member", "administrator"), ("administrator", "kicked")]
    assert changes[1]["new_chat_member"]["can_pin_messages"] is True
    assert changes[1]["new_chat_member"]["can_delete_messages"] is False
    assert {change["from"]["id"] for change in changes} == {owner}


async def test_blocking_and_coming_back_is_told(phone):
    user = await phone.person()
    await phone.updates()
    await phone.act("block", user=user)
    await phone.act("say", expect=400, user=user, text="unheard")
    await phone.act("start", user=user, payload="back")

    blocked, back, start = await phone.updates()

    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert back["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert start["message"]["text"] == "/start back"


async def test_a_startgroup_link_brings_the_bot_with_its_payload(phone):
    owner = await phone.person()
    group = await phone.group(owner, bot=False)

    await phone.act("startgroup", user=owner, group=group, payload="g-C-1")

    updates = await phone.updates()
    assert kinds(updates) == ["my_chat_member", "message", "message"]
    assert updates[2]["message"]["text"] == "/start@miaoke_bot g-C-1"
    assert updates[2]["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 17}]


async def test_a_startgroup_link_with_rights_may_move_the_group(phone):
    owner = await phone.person()
    group = await phone.group(owner, "group", bot=False)
    rights = ["pin_messages", "delete_messages"]

    said = await phone.act(
        "startgroup", user=owner, group=group, payload="g", admin=rights, migrate=True
    )

    new_id = said["chat"]["id"]
    updates = await phone.updates()
    assert kinds(updates) == ["my_chat_member", *["message"] * 3, "my_chat_member", "message"]
    assert updates[2]["message"]["migrate_to_chat_id"] == new_id
    assert updates[3]["message"]["migrate_from_chat_id"] == group
    became = updates[4]["my_chat_member"]
    assert became["chat"]["id"] == new_id
    assert became["new_chat_member"]["status"] == "administrator"
    assert became["new_chat_member"]["can_delete_messages"] is True


async def test_only_administrators_make_the_bot_one(phone):
    owner, learner = await phone.person(), await phone.person("Lao")
    group = await phone.group(owner, bot=False)
    await phone.act(f"groups/{group}/members", user=learner)

    await phone.act("startgroup", expect=400, user=learner, group=group, admin=["pin_messages"])
    await phone.act("startgroup", expect=400, user=owner, group=group, admin=["fly"])


async def test_a_group_that_moved_names_its_new_id(phone):
    owner = await phone.person()
    group = await phone.group(owner, "group")

    new_id = (await phone.act(f"groups/{group}/migrate"))["id"]

    assert str(new_id).startswith("-100")
    assert await phone.call("sendMessage", chat_id=group, text="a") == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new_id},
    }
    old, new = await phone.updates()
    assert (old["message"]["chat"]["id"], old["message"]["migrate_to_chat_id"]) == (group, new_id)
    assert new["message"]["chat"] == {"id": new_id, "title": "Class 1", "type": "supergroup"}
    assert new["message"]["migrate_from_chat_id"] == group
    assert (await phone.done("sendMessage", chat_id=new_id, text="a"))["message_id"] == 2
    await phone.act("say", expect=400, user=owner, chat=group, text="a")
    await phone.act(f"groups/{new_id}/migrate", expect=400)


async def test_an_anonymous_administrator_writes_as_the_group_but_taps_as_himself(phone):
    owner, learner = await phone.person(), await phone.person("Lao")
    group = await phone.group(owner, rights=["pin_messages"])
    await phone.act(f"groups/{group}/members", user=learner)
    markup = json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "a"}]]})
    sent = await phone.done("sendMessage", chat_id=group, text="card", reply_markup=markup)
    await phone.updates()

    await phone.act("say", user=owner, chat=group, text="hi", anonymous=True)
    await phone.act("tap", user=owner, chat=group, message_id=sent["message_id"], data="a")

    said, tapped = await phone.updates()
    assert said["message"]["from"]["id"] == 1087968824
    assert said["message"]["sender_chat"]["id"] == group
    assert tapped["callback_query"]["from"]["id"] == owner
    await phone.act("say", expect=400, user=learner, chat=group, text="a", anonymous=True)


async def test_a_channel_post_is_told(phone):
    first = await phone.act("channel_post", title="News", text="one")
    second = await phone.act("channel_post", title="News", text="two")

    assert kinds(await phone.updates()) == ["channel_post", "channel_post"]
    assert first["chat"] == second["chat"]
    assert first["chat"]["type"] == "channel"


async def test_the_bot_deletes_pins_and_leaves(phone):
    owner = await phone.person()
    group = await phone.group(owner, rights=["pin_messages", "delete_messages", "invite_users"])
    said = await phone.act("say", user=owner, chat=group, text="1234")
    card = await phone.done("sendMessage", chat_id=group, text="card")

    await phone.done("deleteMessage", chat_id=group, message_id=said["message_id"])
    await phone.done("pinChatMessage", chat_id=group, message_id=card["message_id"])

    assert (await phone.done("getChat", chat_id=group))["pinned_message"] == card
    await phone.done("unpinChatMessage", chat_id=group, message_id=card["message_id"])
    assert "pinned_message" not in await phone.done("getChat", chat_id=group)
    heads = await phone.done("getChatAdministrators", chat_id=group)
    assert [head["status"] for head in heads] == ["creator", "administrator"]
    link = await phone.done("createChatInviteLink", chat_id=group, name="class")
    assert link["invite_link"].startswith("https://t.me/+")
    shown = await phone.see("messages", user=owner, chat=group)
    assert [m["deleted"] for m in shown if m["message_id"] == said["message_id"]] == [True]
    await phone.done("leaveChat", chat_id=group)
    assert (await phone.updates())[-1]["my_chat_member"]["new_chat_member"]["status"] == "left"


@pytest.mark.parametrize(
    ("token", "username"), [("nonsense", "a_bot"), ("1:other", "a_bot"), ("1:secret", "a_bot")]
)
def test_a_bot_needs_a_number_of_its_own(token, username):
    chat = LocalChat()
    chat.add_bot("1:secret", "Miaoke", "miaoke_bot")

    with pytest.raises(ValueError, match="a token is a number"):
        chat.add_bot(token, "A", username)
