"""What the phones in the browser show, against the real local chat."""

import pytest
from playwright.async_api import expect

from tests.browser.phones_room import hum

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def buttons(*texts, **more):
    return {"inline_keyboard": [[{"text": text, "callback_data": text, **more} for text in texts]]}


async def test_a_message_and_its_coloured_buttons_appear(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await bot.call(
        "sendMessage",
        chat_id=classroom.learner,
        text="很好",
        reply_markup=buttons("✅", style="success"),
    )
    await expect(phone.get_by_text("很好")).to_be_visible()
    await expect(phone.get_by_test_id("button")).to_have_class("key success")


async def test_a_tap_reaches_the_bot_and_the_answer_is_a_toast(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await bot.call(
        "sendMessage", chat_id=classroom.learner, text="?", reply_markup=buttons("here:1")
    )
    await phone.get_by_test_id("button").click()
    query = await bot.next("callback_query")
    assert (query["data"], query["from"]["id"]) == ("here:1", classroom.learner)
    await expect(phone.get_by_test_id("button")).to_have_attribute("aria-busy", "true")
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="✋ 到了")
    await expect(phone.get_by_test_id("toast")).to_have_text("✋ 到了")
    await expect(phone.get_by_test_id("button")).not_to_have_attribute("aria-busy", "true")


async def test_an_alert_waits_until_it_is_read(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-2")
    await bot.call(
        "sendMessage", chat_id=classroom.teacher, text="?", reply_markup=buttons("close:1")
    )
    await phone.get_by_test_id("button").click()
    query = await bot.next("callback_query")
    await bot.call(
        "answerCallbackQuery", callback_query_id=query["id"], text="不能结束", show_alert=True
    )
    await expect(phone.get_by_test_id("alert")).to_contain_text("不能结束")
    await phone.get_by_text("知道了").click()
    await expect(phone.get_by_test_id("alert")).to_have_count(0)


async def test_a_button_without_an_answer_is_free_again_after_ten_seconds(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await bot.call(
        "sendMessage", chat_id=classroom.learner, text="?", reply_markup=buttons("slow:1")
    )
    await classroom.page.clock.install()
    await phone.get_by_test_id("button").click()
    await expect(phone.get_by_test_id("button")).to_have_attribute("aria-busy", "true")
    await bot.next("callback_query")
    await classroom.page.clock.fast_forward(10_500)
    await expect(phone.get_by_test_id("button")).not_to_have_attribute("aria-busy", "true")


async def test_edits_removals_reactions_and_actions_show(classroom, bot):
    phone, chat = classroom.page.get_by_test_id("phone-0"), classroom.learner
    said = await bot.call("sendMessage", chat_id=chat, text="旧的")
    await expect(phone.get_by_text("旧的")).to_be_visible()
    await bot.call("editMessageText", chat_id=chat, message_id=said["message_id"], text="新的")
    await expect(phone.get_by_text("新的")).to_be_visible()
    await expect(phone.get_by_test_id("edited")).to_be_visible()
    await expect(phone.get_by_text("旧的")).to_have_count(0)
    await bot.call(
        "setMessageReaction",
        chat_id=chat,
        message_id=said["message_id"],
        reaction=[{"type": "emoji", "emoji": "👍"}],
    )
    await expect(phone.get_by_test_id("reactions")).to_have_text("👍")
    await bot.call("sendChatAction", chat_id=chat, action="record_voice")
    await expect(phone.get_by_test_id("status")).to_have_text("正在录音…")
    await bot.call("deleteMessage", chat_id=chat, message_id=said["message_id"])
    await expect(phone.get_by_text("新的")).to_have_count(0)


async def test_new_buttons_alone_are_no_edit(classroom, bot):
    phone, chat = classroom.page.get_by_test_id("phone-0"), classroom.learner
    said = await bot.call(
        "sendMessage", chat_id=chat, text="选一个", reply_markup=buttons("1", "2")
    )
    await bot.call(
        "editMessageReplyMarkup",
        chat_id=chat,
        message_id=said["message_id"],
        reply_markup=buttons("✔ 1"),
    )
    await expect(phone.get_by_test_id("button")).to_have_text(["✔ 1"])
    await expect(phone.get_by_test_id("edited")).to_have_count(0)


async def test_a_pinned_message_stands_on_top_until_unpinned(classroom, bot):
    phone, chat = classroom.page.get_by_test_id("phone-0"), classroom.learner
    said = await bot.call("sendMessage", chat_id=chat, text="明天九点上课")
    await bot.call("pinChatMessage", chat_id=chat, message_id=said["message_id"])
    await expect(phone.get_by_test_id("pinned")).to_contain_text("明天九点上课")
    await classroom.page.reload()
    await expect(phone.get_by_test_id("pinned")).to_contain_text("明天九点上课")
    await bot.call("unpinChatMessage", chat_id=chat, message_id=said["message_id"])
    await expect(phone.get_by_test_id("pinned")).to_be_hidden()


async def test_nothing_in_a_name_or_text_becomes_html(classroom, bot, control):
    page, evil = classroom.page, "<img src=x onerror=window.hacked=1>"
    mallory = (await control("people", first_name=evil, last_name="</script>"))["id"]
    await control(f"groups/{classroom.group}/members", user=mallory)
    await control("say", user=mallory, chat=classroom.group, text=f"<b>hi</b>{evil}")
    await bot.call(
        "sendMessage", chat_id=classroom.learner, text=evil, reply_markup=buttons(evil[:30])
    )
    await expect(page.get_by_test_id("phone-1").get_by_text(f"<b>hi</b>{evil}")).to_be_visible()
    await expect(page.get_by_test_id("phone-1").get_by_test_id("who").last).to_contain_text(evil)
    await expect(page.get_by_test_id("phone-0").get_by_test_id("button")).to_have_text(evil[:30])
    assert await page.locator("img[src=x]").count() == 0
    assert await page.evaluate("window.hacked") is None


async def test_entities_are_drawn_and_dangerous_links_are_not(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await bot.call(
        "sendMessage",
        chat_id=classroom.learner,
        text="👍 粗斜 藏 网 坏",
        entities=[
            {"type": "bold", "offset": 3, "length": 2},
            {"type": "italic", "offset": 4, "length": 1},
            {"type": "spoiler", "offset": 6, "length": 1},
            {"type": "text_link", "offset": 8, "length": 1, "url": "https://example.org/"},
            {"type": "text_link", "offset": 10, "length": 1, "url": "javascript:alert(1)"},
        ],
    )
    text = phone.get_by_test_id("text").last
    await expect(text.locator("strong")).to_have_text("粗斜")
    await expect(text.locator("strong em")).to_have_text("斜")
    await expect(text.locator(".spoiler")).to_have_text("藏")
    await expect(text.locator("a")).to_have_text(["网"])


async def test_a_voice_note_plays_and_loses_its_dot(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await bot.call("sendVoice", chat_id=classroom.learner, files={"voice": ("a.ogg", hum(1.2))})
    await expect(phone.get_by_test_id("unplayed")).to_be_visible()
    await phone.get_by_test_id("play").click()
    await expect(phone.get_by_test_id("unplayed")).to_have_count(0)
    await expect(phone.get_by_test_id("voice")).to_have_attribute("data-state", "idle")
    await expect(phone.get_by_test_id("toast")).to_have_count(0)


async def test_a_poll_takes_one_vote(classroom, bot):
    page = classroom.page
    await bot.call(
        "sendPoll",
        chat_id=classroom.group,
        question="哪天？",
        options=[{"text": "三"}, {"text": "六"}],
    )
    phone = page.get_by_test_id("phone-1")
    await phone.get_by_test_id("poll-option").first.click()
    await expect(phone.get_by_test_id("poll-result").first).to_contain_text("100%")
    await expect(phone.get_by_test_id("poll-total")).to_contain_text("1 ")


async def test_a_group_that_moved_goes_on_on_the_same_phone(page, bot, control):
    owner = (await control("people", first_name="杨老师"))["id"]
    old = (await control("groups", title="一班", type="group", owner=owner, members=[]))["id"]
    await control("startgroup", user=owner, group=old)
    phones = [{"title": "班级群", "user": owner, "chat": old, "name": "一班"}]
    await control("phones", method="PUT", phones=phones, cards=[])
    await page.goto("/")
    phone = page.get_by_test_id("phone-0")
    await expect(phone.get_by_test_id("message")).to_have_count(1)
    new = (await control(f"groups/{old}/migrate"))["id"]
    await bot.call("sendMessage", chat_id=new, text="新群里的话")
    await expect(phone.get_by_test_id("message")).to_have_count(2)
    await page.reload()
    await expect(phone.get_by_test_id("message")).to_have_count(2)
    await phone.get_by_test_id("text-input").fill("收到")
    await phone.get_by_test_id("send").click()
    await expect(phone.locator(".mine").get_by_text("收到")).to_be_visible()


async def test_history_is_shown_once_after_a_reload_and_a_lost_connection(classroom, bot):
    page, phone = classroom.page, classroom.page.get_by_test_id("phone-0")
    for number in range(5):
        await bot.call("sendMessage", chat_id=classroom.learner, text=f"第{number}条")
    refused = []

    async def refuse_twice(route):
        refused.append(route)
        await (route.continue_() if len(refused) > 4 else route.fulfill(status=503, body="away"))

    await page.route("**/control/events*", refuse_twice)
    await page.reload()
    await expect(phone.get_by_test_id("message")).to_have_count(6)
    await bot.call("sendMessage", chat_id=classroom.learner, text="最后")
    await expect(phone.get_by_test_id("message")).to_have_count(7)
    await expect(phone.get_by_text("最后")).to_be_in_viewport()


async def test_who_scrolled_up_stays_there_and_is_told_of_news(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    for number in range(25):
        await bot.call("sendMessage", chat_id=classroom.learner, text=f"第{number}条")
    await expect(phone.get_by_text("第24条")).to_be_in_viewport()
    await phone.get_by_role("log").hover()
    await classroom.page.mouse.wheel(0, -600)
    await expect(phone.get_by_test_id("jump")).to_be_visible()
    await bot.call("sendMessage", chat_id=classroom.learner, text="新消息")
    await expect(phone.get_by_test_id("jump")).to_have_text("1")
    await expect(phone.get_by_text("新消息")).not_to_be_in_viewport()
    await phone.get_by_test_id("jump").click()
    await expect(phone.get_by_text("新消息")).to_be_in_viewport()


async def test_a_narrow_screen_shows_one_phone_and_tabs(classroom, bot):
    page = classroom.page
    await bot.call(
        "sendMessage",
        chat_id=classroom.learner,
        text="长" * 300,
        reply_markup=buttons("🔊", "🏠", "👤"),
    )
    await page.set_viewport_size({"width": 375, "height": 667})
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == 375
    await expect(page.get_by_test_id("phone-0")).to_be_in_viewport(ratio=0.9)
    await page.get_by_test_id("tab-2").click()
    await expect(page.get_by_test_id("phone-2")).to_be_in_viewport(ratio=0.9)
    await expect(page.get_by_test_id("tab-2")).to_have_attribute("aria-selected", "true")
    small = """[...document.querySelectorAll("button:not(.words button)")].filter(
      (b) => b.offsetParent && (b.offsetWidth < 44 || b.offsetHeight < 44)).length"""
    assert await page.evaluate(small) == 0
