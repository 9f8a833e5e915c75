"""What is said, in the language of who hears it: Babel catalogs, days, times and lists.

Source sentences are English. Miao (hea) is sparse on purpose and falls back to Mandarin, a sentence
at a time; Babel knows no Miao locale, so days and lists follow Mandarin. Catalogs are read from
their .po files: nothing to compile, and drafts (fuzzy) never reach anybody.
"""

import html as markup
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
MANDARIN = "zh_Hans_CN"
MIAO = "hea"

LOCALE = Path(__file__).resolve().parent.parent / "locale"
SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = 7


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name
    """Mark a sentence for the catalogs and return it as it is."""
    return msgid


def translate(language: str, msgid: str, /, **values: object) -> str:
    """Say a sentence in a language, or else in Mandarin, with its slots filled."""
    text = catalog(language).gettext(msgid)
    return text % values if values else text


def html(language: str, msgid: str, /, **values: object) -> str:
    """Say a sentence for a message in HTML: neither its words nor its values can be markup."""
    text = markup.escape(catalog(language).gettext(msgid), quote=False)
    safe = {
        name: markup.escape(value, quote=False) if isinstance(value, str) else value
        for name, value in values.items()
    }
    return text % safe if safe else text


def beside(language: str, msgid: str, /, **values: object) -> str:
    """Say a sentence with its Miao beside the Mandarin, marked until a native reader approves."""
    entry = _entries(language).get(msgid) if language not in {ENGLISH, MANDARIN} else None
    if entry is None or entry.fuzzy or not isinstance(entry.string, str) or not entry.string:
        return translate(language, msgid, **values)
    written = entry.string % values if values else entry.string
    if "reviewed" not in entry.flags:
        written += translate(MANDARIN, N_(" (to be verified)"))
    return f"{translate(MANDARIN, msgid, **values)} · {written}"


@cache
def catalog(language: str) -> NullTranslations:
    """Read a language's sentences; each one it lacks falls back to Mandarin, English to itself."""
    if language == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, _entries(language))
    compiled.seek(0)
    translations = GNUTranslations(compiled)
    if language != MANDARIN:
        translations.add_fallback(catalog(MANDARIN))
    return translations


@cache
def _entries(language: str) -> Catalog:
    """Read a language's catalog with its flags; a language without one has an empty one."""
    path = LOCALE / language / "LC_MESSAGES" / "messages.po"
    if language != MANDARIN and not path.is_file():
        return Catalog(charset="utf-8")
    with path.open("rb") as file:
        return read_po(file)


def clock(moment: datetime) -> str:
    """Write a time of day as it is read in class, such as 8:30."""
    local = moment.astimezone(SHANGHAI)
    return f"{local.hour}:{local.minute:02}"


def day_word(moment: datetime, now: datetime, language: str) -> str:
    """Name a day from where we stand: today, tomorrow, a weekday within the week, else a date."""
    day, today = moment.astimezone(SHANGHAI).date(), now.astimezone(SHANGHAI).date()
    ahead = (day - today).days
    if ahead == 0:
        return translate(language, N_("today"))
    if ahead == 1:
        return translate(language, N_("tomorrow"))
    locale = _locale(language)
    if 1 < ahead < WEEK:
        return format_date(day, "EEEE", locale=locale)
    return format_skeleton("MMMEd" if day.year == today.year else "yMMMEd", day, locale=locale)


def names(items: Sequence[str], language: str) -> str:
    """Join names, or anything else, the way the language lists things."""
    return format_list(items, locale=_locale(language))


def _locale(language: str) -> Locale:
    return Locale.parse(ENGLISH if language == ENGLISH else MANDARIN)
