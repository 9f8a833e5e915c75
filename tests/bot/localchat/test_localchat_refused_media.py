import json

import pytest

MB = 1024 * 1024


async def test_a_caption_is_limited(phone, png):
    user, photo = await phone.person(), {"photo": ("a.png", png())}

    assert await phone.refused("sendPhoto", chat_id=user, caption="x" * 1025, files=photo) == (
        400,
        "Bad Request: message caption is too long",
    )
    sent = await phone.done("sendPhoto", chat_id=user, caption="x" * 1024, files=photo)
    assert len(sent["caption"]) == 1024


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((9000, 1100), "PHOTO_INVALID_DIMENSIONS"),
        ((2100, 100), "PHOTO_INVALID_DIMENSIONS"),
    ],
)
async def test_a_photo_of_impossible_size_is_refused(phone, png, size, words):
    user = await phone.person()

    assert await phone.refused("sendPhoto", chat_id=user, files={"photo": png(*size)}) == (
        400,
        f"Bad Request: {words}",
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (
            bytes(10 * MB + 1),
            (
                "file of size 10485761 bytes is too big for a photo; "
                "the maximum size is 10485760 bytes"
            ),
        ),
    ],
    ids=["text", "empty", "too big"],
)
async def test_what_is_no_photo_is_refused(phone, data, words):
    user = await phone.person()

    answer = await phone.refused("sendPhoto", chat_id=user, files={"photo": ("a.png", data)})

    assert answer == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        ("AgACAgmade-up", "wrong file identifier/HTTP URL specified"),
        ("https://example.org/a.png", "failed to get HTTP URL content"),
        ("", "there is no photo in the request"),
    ],
)
async def test_a_photo_that_is_not_there_is_refused(phone, photo, words):
    user = await phone.person()

    assert await phone.refused("sendPhoto", chat_id=user, photo=photo) == (
        400,
        f"Bad Request: {words}",
    )


async def test_a_file_of_another_kind_is_refused(phone):
    user = await phone.person()
    sent = await phone.done("sendDocument", chat_id=user, files={"document": ("a.txt", b"text")})

    assert await phone.refused("sendPhoto", chat_id=user, photo=sent["document"]["file_id"]) == (
        400,
        "Bad Request: can't use file of type Document as Photo",
    )


@pytest.mark.parametrize("size", [50 * MB + 1, 60 * MB])
async def test_an_upload_over_fifty_megabytes_is_refused(phone, size):
    user = await phone.person()

    answer = await phone.refused(
        "sendDocument", chat_id=user, files={"document": ("big.bin", bytes(size))}
    )

    assert answer == (413, "Request Entity Too Large")
    assert len(await phone.see("messages", user=user)) == 1


async def test_a_file_over_twenty_megabytes_cannot_be_fetched(phone):
    user = await phone.person()
    message = await phone.act("document", user=user, file_name="a.mp4", declared_size=60 * MB)
    assert message["document"]["file_size"] == 60 * MB

    assert await phone.refused("getFile", file_id=message["document"]["file_id"]) == (
        400,
        "Bad Request: file is too big",
    )
    assert (await phone.refused("getFile", file_id="none"))[1] == "Bad Request: invalid file_id"
    assert (await phone.refused("getFile"))[1] == "Bad Request: file_id not specified"


async def test_who_forbids_voice_gets_none(phone, wav, b64):
    user = await phone.person(forbids_voice=True)
    voice = (await phone.act("voice", user=user, audio=b64(wav())))["voice"]["file_id"]

    assert await phone.refused("sendVoice", chat_id=user, voice=voice) == (
        400,
        "Bad Request: VOICE_MESSAGES_FORBIDDEN",
    )


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ([], "there are no media to send"),
        ([{"type": "photo", "media": "x"}], "wrong number of media in the album"),
        ([{"type": "voice", "media": "x"}] * 2, "media type can't be used in the album"),
        (
            [{"type": "photo", "media": "x"}, {"type": "document", "media": "x"}],
            "document can't be mixed with other media types",
        ),
    ],
)
async def test_an_impossible_album_is_refused(phone, items, words):
    user = await phone.person()

    refusal = await phone.refused("sendMediaGroup", chat_id=user, media=json.dumps(items))

    assert refusal[1] == f"Bad Request: {words}"
