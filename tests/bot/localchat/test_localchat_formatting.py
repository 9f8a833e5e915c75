import pytest

from bot.localchat.formatting import find_entities, length
from bot.localchat.html import parse_html
from bot.localchat.refusals import Refusal


def entity(kind, offset, size, **more):
    return {"type": kind, "offset": offset, "length": size, **more}


@pytest.mark.parametrize(
    ("source", "plain", "entities"),
    [
        ("plain", "plain", []),
        ("a &lt;b&gt; &amp;&quot; &#65;&#x42; &nbsp;", 'a <b> &" AB &nbsp;', []),
        ("<b>x</b>", "x", [entity("bold", 0, 1)]),
        ("<B>x</B>", "x", [entity("bold", 0, 1)]),
        ("😀<strong>x</strong>", "😀x", [entity("bold", 2, 1)]),
        ("<b>1<i>2</i></b>", "12", [entity("bold", 0, 2), entity("italic", 1, 1)]),
        ("<u>a</u><s>b</s>", "ab", [entity("underline", 0, 1), entity("strikethrough", 1, 1)]),
        ("<code>x</code>", "x", [entity("code", 0, 1)]),
        (
            '<pre><code class="language-python">x</code></pre>',
            "x",
            [entity("pre", 0, 1, language="python")],
        ),
        (
            '<a href="https://a.org/?b=1&amp;c=2">x</a>',
            "x",
            [entity("text_link", 0, 1, url="https://a.org/?b=1&c=2")],
        ),
        ("<a href=a.org>x</a>", "x", [entity("text_link", 0, 1, url="http://a.org")]),
        ("<a>nowhere</a>", "nowhere", []),
        (
            '<a href="tg://user?id=5">x</a>',
            "x",
            [entity("text_mention", 0, 1, user={"id": 5, "is_bot": False, "first_name": ""})],
        ),
        ("<tg-spoiler>x</tg-spoiler>", "x", [entity("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [entity("spoiler", 0, 1)]),
        ("<blockquote>x</blockquote>", "x", [entity("blockquote", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [entity("expandable_blockquote", 0, 1)]),
        (
            '<tg-emoji emoji-id="9">👍</tg-emoji>',
            "👍",
            [entity("custom_emoji", 0, 2, custom_emoji_id="9")],
        ),
        ("<b></b>x", "x", []),
    ],
)
def test_html_becomes_entities(source, plain, entities):
    assert parse_html(source) == (plain, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("苗<font>x", 'Unsupported start tag "font" at byte offset 3'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=", 'Unclosed start tag "a" at byte offset 0'),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<a =x>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>", "Unexpected end of name token at byte offset 8"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        (
            "<b>x</i>",
            'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"',
        ),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_refused(source, words):
    with pytest.raises(Refusal) as refusal:
        parse_html(source)

    assert refusal.value.code == 400
    assert refusal.value.description == f"Bad Request: can't parse entities: {words}"


async def test_broken_html_is_refused_over_http(phone):
    user = await phone.person()

    assert await phone.refused("sendMessage", chat_id=user, text="<b>x", parse_mode="HTML") == (
        400,
        "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", 0, 6)]),
        ("苗 /bind@miaoke_bot", [("bot_command", 2, 16)]),
        ("a/b", []),
        ("see https://a.org/x, please", [("url", 4, 15)]),
        ("@teacher_li 😀 #接龙", [("mention", 0, 11), ("hashtag", 15, 3)]),
    ],
)
def test_commands_links_and_names_are_found(text, found):
    assert [(e["type"], e["offset"], e["length"]) for e in find_entities(text)] == found


def test_lengths_are_counted_in_utf16_units():
    assert (length("abc"), length("苗课"), length("😀")) == (3, 2, 2)


async def test_spaces_around_a_text_are_cut_with_its_entities(phone):
    user = await phone.person()

    sent = await phone.done("sendMessage", chat_id=user, text="  <b> x </b>  ", parse_mode="HTML")

    assert (sent["text"], sent["entities"]) == ("x", [entity("bold", 0, 1)])
