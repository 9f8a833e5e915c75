"""The almanac for staff: the county's own file, and what is special about a day in words."""

from pathlib import Path

from bot import almanac
from bot.language import N_ as _
from bot.language import translate
from bot.services.refusing import Refusal


def use_almanac(folder: Path) -> None:
    """Go by the almanac in the data folder, if one lies there; a faulty one is refused."""
    try:
        almanac.use(folder)
    except almanac.AlmanacError as error:
        raise Refusal(
            f"赶场和节日的文件看不懂，请改正：{error}",
            f"The almanac of the data folder cannot be read; correct it: {error}",
            "almanac",
        ) from error


def tell(notice: almanac.Notice, language: str) -> str:
    """Say what is special about a day; what nobody checked yet is said to be so."""
    said = translate(language, notice.text, **notice.values)
    if notice.verify and notice.avoid:
        return translate(language, _("%(notice)s (to be checked)"), notice=said)
    return said
