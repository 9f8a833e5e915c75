"""What people send from the phones in the browser, as the bot receives it."""

import io

import av
import pytest
from PIL import Image
from playwright.async_api import expect

from tests.browser.phones_room import USERNAME

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def picture(width, height):
    place = io.BytesIO()
    Image.new("RGB", (width, height), "#2c6e49").save(place, "PNG")
    return {"name": "class.png", "mimeType": "image/png", "buffer": place.getvalue()}


async def test_words_are_sent_with_enter(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await phone.get_by_test_id("text-input").fill("老师，我来了")
    await phone.get_by_test_id("text-input").press("Enter")
    assert (await bot.next("message"))["text"] == "老师，我来了"
    await expect(phone.locator(".mine").get_by_text("老师，我来了")).to_have_count(1)
    await expect(phone.get_by_test_id("text-input")).to_have_value("")


async def test_a_tap_on_the_microphone_records_a_voice_note(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await phone.get_by_test_id("mic").click()
    await expect(phone.get_by_role("timer")).to_have_text("0:01")
    await phone.get_by_test_id("mic").click()
    voice = (await bot.next("message"))["voice"]
    with av.open(io.BytesIO(await bot.download(voice["file_id"])), "r") as sound:
        assert sound.format.name == "ogg"
        assert sound.streams.audio[0].codec_context.name in {"opus", "libopus"}
        seconds = sum(frame.samples for frame in sound.decode(audio=0)) / 48_000
    assert seconds > 0.5
    await expect(phone.get_by_test_id("voice")).to_be_visible()
    await expect(phone.get_by_test_id("unplayed")).to_have_count(0)


async def test_holding_the_microphone_records_until_it_is_let_go(classroom, bot):
    page, phone = classroom.page, classroom.page.get_by_test_id("phone-0")
    await phone.get_by_test_id("mic").hover()
    await page.mouse.down()
    await expect(phone.get_by_role("timer")).to_have_text("0:01")
    await page.mouse.up()
    assert (await bot.next("message"))["voice"]["duration"] >= 1


async def test_a_recording_can_be_thrown_away(classroom, http):
    phone = classroom.page.get_by_test_id("phone-0")
    await phone.get_by_test_id("mic").click()
    await expect(phone.get_by_role("timer")).to_have_text("0:01")
    await phone.get_by_test_id("cancel-recording").click()
    await expect(phone.get_by_test_id("text-input")).to_be_visible()
    await expect(phone.get_by_test_id("voice")).to_have_count(0)


async def test_a_photo_arrives_at_phone_size_and_opens_large(classroom, bot):
    page, phone = classroom.page, classroom.page.get_by_test_id("phone-0")
    await phone.get_by_test_id("photo-input").set_input_files(picture(2000, 1000))
    photo = (await bot.next("message"))["photo"][-1]
    assert (photo["width"], photo["height"]) == (1280, 640)
    await phone.get_by_test_id("photo").click()
    await expect(page.get_by_test_id("enlarged")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("enlarged")).to_have_count(0)


async def test_two_photos_are_one_album(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    await phone.get_by_test_id("photo-input").set_input_files([picture(60, 60), picture(90, 60)])
    first, second = await bot.next("message"), await bot.next("message")
    assert first["media_group_id"] == second["media_group_id"]
    await expect(phone.locator(".album").get_by_test_id("photo")).to_have_count(2)


async def test_a_file_a_place_a_number_and_a_sticker_arrive(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-0")
    paper = {"name": "名册.csv", "mimeType": "text/csv", "buffer": b"a,b"}
    await phone.get_by_test_id("document-input").set_input_files(paper)
    assert (await bot.next("message"))["document"]["file_name"] == "名册.csv"

    await phone.get_by_test_id("attach").click()
    await phone.get_by_test_id("attach-place").click()
    await phone.get_by_test_id("form-latitude").fill("26.5")
    await phone.get_by_test_id("form-send").click()
    assert (await bot.next("message"))["location"]["latitude"] == 26.5

    await phone.get_by_test_id("attach").click()
    await phone.get_by_test_id("attach-contact").click()
    await phone.get_by_test_id("form-phone_number").fill("13800000000")
    await phone.get_by_test_id("form-send").click()
    assert (await bot.next("message"))["contact"]["phone_number"] == "13800000000"

    await phone.get_by_test_id("attach").click()
    await phone.get_by_test_id("attach-smile").click()
    await phone.get_by_test_id("sticker-key").first.click()
    assert (await bot.next("message"))["sticker"]["emoji"] == "👍"
    await expect(phone.get_by_test_id("sticker")).to_have_text("👍")


async def test_the_bottom_keyboard_sends_its_words_until_it_is_removed(classroom, bot):
    phone, chat = classroom.page.get_by_test_id("phone-0"), classroom.learner
    rows = {"keyboard": [["🔊", "🏠", "👤"]], "is_persistent": True, "resize_keyboard": True}
    await bot.call("sendMessage", chat_id=chat, text="家", reply_markup=rows)
    await phone.get_by_test_id("reply-button").nth(1).click()
    assert (await bot.next("message"))["text"] == "🏠"
    await classroom.page.reload()
    await expect(phone.get_by_test_id("reply-button")).to_have_text(["🔊", "🏠", "👤"])
    await bot.call("sendMessage", chat_id=chat, text="收", reply_markup={"remove_keyboard": True})
    await expect(phone.get_by_test_id("reply-keyboard")).to_be_hidden()


async def test_a_newcomer_presses_start(page, bot, control):
    newcomer = (await control("people", first_name="新来的"))["id"]
    phones = [{"title": "新学员", "user": newcomer, "chat": "bot", "name": "苗课"}]
    link = f"https://t.me/{USERNAME}?start=e-1-abc"
    await control(
        "phones",
        method="PUT",
        phones=phones,
        cards=[{"label": "入学卡", "user": newcomer, "url": link}],
    )
    await page.goto("/")
    phone = page.get_by_test_id("phone-0")
    await expect(phone.get_by_test_id("start")).to_be_visible()
    await expect(phone.get_by_test_id("composer")).to_be_hidden()
    await page.get_by_test_id("card").click()
    await phone.get_by_test_id("start").click()
    assert (await bot.next("message"))["text"] == "/start e-1-abc"
    await expect(phone.get_by_test_id("composer")).to_be_visible()
    await expect(phone.get_by_test_id("text")).to_have_text("/start")
    assert await page.locator("[data-testid=card] img").evaluate("(i) => i.naturalWidth") > 0


async def test_a_link_button_opens_the_private_chat_of_the_one_who_tapped(classroom, bot):
    page, url = classroom.page, f"https://t.me/{USERNAME}?start=c-7"
    keys = {"inline_keyboard": [[{"text": "私聊", "url": url}]]}
    await bot.call("sendMessage", chat_id=classroom.group, text="来", reply_markup=keys)
    await page.get_by_test_id("phone-1").get_by_test_id("button").click()
    await page.get_by_test_id("phone-0").get_by_test_id("start").click()
    message = await bot.next("message")
    assert (message["text"], message["from"]["id"]) == ("/start c-7", classroom.learner)
    await page.get_by_test_id("phone-1").get_by_test_id("button-qr").click()
    await page.get_by_test_id("scan-with").nth(1).click()
    await page.get_by_test_id("phone-2").get_by_test_id("start").click()
    assert (await bot.next("message"))["from"]["id"] == classroom.teacher


async def test_a_group_card_brings_the_bot_into_the_chosen_group(classroom, bot, control, http):
    page = classroom.page
    await control("groups", title="新群", type="group", owner=classroom.teacher, members=[])
    phones = (await http.get("/control/phones")).json()["phones"]
    url = f"https://t.me/{USERNAME}?startgroup=g-3&admin=pin_messages+delete_messages"
    card = {"label": "绑定群", "user": classroom.teacher, "url": url}
    await control("phones", method="PUT", phones=phones, cards=[card])
    await page.get_by_test_id("card").click()
    await page.get_by_test_id("phone-2").get_by_role("button", name="新群", exact=True).last.click()
    member = await bot.next("my_chat_member")
    assert member["from"]["id"] == classroom.teacher
    assert (await bot.next("message"))["chat"]["title"] == "新群"


async def test_the_menu_sends_a_command(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-2")
    await bot.call("setMyCommands", commands=[{"command": "today", "description": "今天的课"}])
    await classroom.page.reload()
    await phone.get_by_test_id("menu").click()
    await phone.get_by_test_id("menu-row").click()
    assert (await bot.next("message"))["text"] == "/today"
    await bot.call("deleteMyCommands")


async def test_an_answer_quotes_what_it_answers(classroom, bot):
    phone = classroom.page.get_by_test_id("phone-1")
    asked = await bot.call("sendMessage", chat_id=classroom.group, text="谁来？")
    reply = phone.get_by_test_id("message").filter(has_text="谁来？").get_by_test_id("reply")
    await reply.focus()
    await reply.press("Enter")
    await phone.get_by_test_id("text-input").press_sequentially("我来")
    await phone.get_by_test_id("send").click()
    answer = await bot.next("message")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]
    await expect(phone.locator(".quote")).to_contain_text("谁来？")
