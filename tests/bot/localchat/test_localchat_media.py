import io
import json

import av
from PIL import Image


async def fetch(phone, file_id):
    file = await phone.done("getFile", file_id=file_id)
    answer = await phone.http.get(f"/file/bot1:secret/{file['file_path']}")
    assert answer.status_code == 200
    assert len(answer.content) == file["file_size"]
    return answer.content


async def test_a_photo_comes_in_two_sizes_and_its_id_sends_it_again(phone, png):
    user = await phone.person()
    sent = await phone.done(
        "sendPhoto", chat_id=user, caption="<i>a</i>", parse_mode="HTML",
        files={"photo": ("a.png", png(2000, 1000))},
    )  # fmt: skip

    assert [(s["width"], s["height"]) for s in sent["photo"]] == [(320, 160), (1280, 640)]
    assert sent["caption_entities"] == [{"type": "italic", "offset": 0, "length": 1}]
    with Image.open(io.BytesIO(await fetch(phone, sent["photo"][-1]["file_id"]))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1280, 640))
    again = await phone.done("sendPhoto", chat_id=user, photo=sent["photo"][0]["file_id"])
    assert again["photo"] == sent["photo"]


async def test_the_same_picture_keeps_its_unique_id(phone, png, b64):
    user = await phone.person()
    first = await phone.act("photo", user=user, image=b64(png()), caption="x")
    second = await phone.act("photo", user=user, image=b64(png()), media_group_id="5")

    assert first["photo"] == second["photo"]
    assert (first["caption"], second["media_group_id"]) == ("x", "5")


async def test_any_recording_becomes_a_voice_note(phone, wav, b64):
    user = await phone.person()
    message = await phone.act("voice", user=user, audio=b64(wav(3)))

    voice = message["voice"]
    assert (voice["duration"], voice["mime_type"]) == (3, "audio/ogg")
    data = await fetch(phone, voice["file_id"])
    with av.open(io.BytesIO(data), "r") as container:
        stream = container.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("opus", 48000, 1)
    assert len(data) < 3 * 24_000 / 8 * 1.5
    sent = await phone.done("sendVoice", chat_id=user, files={"voice": ("voice", data)})
    assert (sent["voice"]["duration"], sent["voice"]["mime_type"]) == (3, "audio/ogg")


async def test_what_is_no_sound_is_refused(phone, b64):
    user = await phone.person()

    for audio, words in (
        (b64(b"nonsense"), "this sound cannot be read"),
        ("!", "audio must be base64"),
        ("", "audio must be a text"),
    ):
        assert await phone.act("voice", expect=400, user=user, audio=audio) == {"error": words}


async def test_sound_that_is_no_voice_note_arrives_as_a_file(phone, wav):
    user = await phone.person()

    sent = await phone.done(
        "sendVoice", chat_id=user, files={"voice": ("a.wav", wav(), "audio/wav")}
    )

    assert "voice" not in sent
    assert sent["document"]["file_name"] == "a.wav"


async def test_music_has_its_length(phone, wav):
    user = await phone.person()

    sent = await phone.done(
        "sendAudio", chat_id=user, title="Song", files={"audio": ("a.wav", wav(2), "audio/wav")}
    )

    assert (sent["audio"]["duration"], sent["audio"]["title"]) == (2, "Song")


async def test_an_animation_has_its_size(phone, png):
    user = await phone.person()

    sent = await phone.done(
        "sendAnimation", chat_id=user, files={"animation": ("a.gif", png(64, 48, "GIF"))}
    )

    assert (sent["animation"]["width"], sent["animation"]["height"]) == (64, 48)
    assert sent["document"]["file_id"] == sent["animation"]["file_id"]


async def test_a_forwarded_voice_names_its_origin(phone, wav, b64):
    user, other = await phone.person(), await phone.person("Lao")

    known = await phone.act("voice", user=user, audio=b64(wav()), forward_from=other)
    hidden = await phone.act("voice", user=user, audio=b64(wav()), forward_from="Somebody")

    assert known["forward_origin"]["sender_user"]["id"] == other
    assert hidden["forward_origin"]["sender_user_name"] == "Somebody"


async def test_an_album_shares_a_group_id(phone, png):
    user = await phone.person()
    media = [
        {"type": "photo", "media": "attach://a", "caption": "one"},
        {"type": "photo", "media": "attach://b"},
    ]

    sent = await phone.done(
        "sendMediaGroup", chat_id=user, media=json.dumps(media),
        files={"a": ("a.png", png()), "b": ("b.png", png(100, 100))},
    )  # fmt: skip

    assert len({message["media_group_id"] for message in sent}) == 1
    assert [message.get("caption") for message in sent] == ["one", None]


async def test_a_picture_is_replaced_in_place(phone, png):
    user = await phone.person()
    sent = await phone.done("sendPhoto", chat_id=user, caption="a", files={"photo": png()})
    media = json.dumps({"type": "photo", "media": "attach://new", "caption": "b"})

    edited = await phone.done(
        "editMessageMedia", chat_id=user, message_id=sent["message_id"], media=media,
        files={"new": ("b.png", png(100, 100))},
    )  # fmt: skip

    assert (edited["caption"], edited["photo"][0]["width"]) == ("b", 100)
    captioned = await phone.done(
        "editMessageCaption", chat_id=user, message_id=sent["message_id"], caption="c"
    )
    assert (captioned["caption"], captioned["photo"]) == ("c", edited["photo"])


async def test_a_copy_carries_the_content_alone(phone, png):
    user, other = await phone.person(), await phone.person("Lao")
    sent = await phone.done("sendPhoto", chat_id=user, caption="a", files={"photo": png()})

    copy = await phone.done(
        "copyMessage", chat_id=other, from_chat_id=user, message_id=sent["message_id"]
    )

    shown = (await phone.see("messages", user=other))[-1]
    assert shown["message_id"] == copy["message_id"]
    assert (shown["photo"], shown["caption"]) == (sent["photo"], "a")


async def test_places_contacts_papers_and_stickers_arrive(phone, b64):
    user = await phone.person()
    await phone.updates()
    await phone.act("location", user=user, latitude=26.5, longitude=107.9)
    await phone.act("contact", user=user, phone_number="13800000000")
    await phone.act("document", user=user, file=b64(b"text"), file_name="a.txt")
    await phone.act("sticker", user=user, emoji="👍")

    place, contact, paper, sticker = [u["message"] for u in await phone.updates()]

    assert place["location"] == {"latitude": 26.5, "longitude": 107.9}
    assert contact["contact"]["user_id"] == user
    assert paper["document"]["mime_type"] == "text/plain"
    assert await fetch(phone, paper["document"]["file_id"]) == b"text"
    assert sticker["sticker"]["emoji"] == "👍"
    await phone.act("location", expect=400, user=user, latitude="here", longitude=0)


async def test_the_page_plays_files_in_parts(phone, wav, b64):
    user = await phone.person()
    voice = (await phone.act("voice", user=user, audio=b64(wav())))["voice"]
    address = f"/media/{voice['file_id']}"

    whole = await phone.http.get(address)
    part = await phone.http.get(address, headers={"range": "bytes=2-5"})

    assert (whole.status_code, whole.headers["content-type"]) == (200, "audio/ogg")
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole.content)}"
    assert (await phone.http.get("/media/none")).status_code == 404
