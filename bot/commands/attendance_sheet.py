"""`attendance sheet`: sign-in sheets of a day, ready to print."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.common import AsJson, day, key_of, moment, opened, print_json
from bot.language import SHANGHAI
from bot.services.inviting import class_called
from bot.services.printing_sheets import Made, file_name, make
from bot.services.refusing import Refusal
from bot.settings import Settings
from db.models import Meeting, MeetingState, Person
from db.queries import meetings


def sheet_command(
    *,
    class_: Annotated[str, typer.Option("--class", help="班级")] = "",
    date: Annotated[str, typer.Option("--date", metavar="DATE", help="the day of class 日期")],
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="PDFs go here 存到")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Print the sign-in sheets of a class's day as PDFs. 打印签到表."""
    printed = asyncio.run(_print(Settings(), class_, date))
    out.mkdir(parents=True, exist_ok=True)
    for name, made in printed:
        (out / name).write_bytes(made.pdf)
    if as_json:
        print_json(
            [
                {"file": str(out / name), "sheets": [page.id for page in made.pages]}
                for name, made in printed
            ]
        )
        return
    for name, made in printed:
        typer.echo(f"{out / name}（{len(made.pages)} 页 pages）")


async def _print(settings: Settings, class_: str, date: str) -> list[tuple[str, Made]]:
    start = datetime.combine(day(date), datetime.min.time(), SHANGHAI)
    async with opened(settings) as database, database.begin() as session:
        study_class = await class_called(session, class_)
        found = await meetings.of_class(
            session, study_class.id, after=start, until=start + timedelta(days=1)
        )
        held = [one for one in found if one.state is not MeetingState.CANCELLED]
        if not held:
            raise Refusal(
                f"“{study_class.name}”{date} 没有课。",
                f"“{study_class.name}” has no class on {date}.",
                "no_meeting",
            )
        made = []
        for meeting in held:
            teacher = await session.get_one(Person, meeting.teacher_id)
            sheet = await make(session, meeting, teacher, key_of(settings), moment(settings))
            if sheet is None:
                raise Refusal(
                    f"“{study_class.name}”还没有学员。",
                    f"“{study_class.name}” has no learners yet.",
                    "no_learners",
                )
            made.append((_named(meeting), sheet))
        return made


def _named(meeting: Meeting) -> str:
    return file_name(meeting).replace("/", "_")
