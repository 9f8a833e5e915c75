"""The commands: `python -m bot …`, or `miaoke …`."""

import sys

import typer

from bot.commands import (
    attendance,
    attendance_sheet,
    classes,
    course,
    database,
    delivery,
    documents,
    evidence,
    invite,
    register,
    reminders,
    roster,
    running,
    selfcheck,
    timetable,
    voice,
)
from bot.commands.guarding import Guarded

app = typer.Typer(
    name="miaoke",
    cls=Guarded,
    help="Miaoke 苗课: a classroom in a chat.",
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("run")(running.run_command)
app.command("demo")(running.demo_command)
app.command("rehearse")(running.rehearse_command)
app.add_typer(roster.app, name="roster")
timetable.app.command("rules")(reminders.rules_command)
app.add_typer(timetable.app, name="timetable")
attendance.app.command("sheet")(attendance_sheet.sheet_command)
app.add_typer(attendance.app, name="attendance")
app.add_typer(classes.app, name="class")
app.command("register")(register.register_command)
app.command("selfcheck")(selfcheck.selfcheck_command)
app.add_typer(course.app, name="course")
app.command("invite")(invite.invite_command)
app.command("delivery")(delivery.delivery_command)
app.add_typer(evidence.dossiers, name="dossier")
app.add_typer(evidence.ledgers, name="ledger")
app.add_typer(voice.app, name="voice")
app.add_typer(documents.documents, name="document")
app.add_typer(documents.keys, name="keys")
app.add_typer(database.app, name="db")


def main() -> None:
    """Run what was asked for; without a word, say what there is."""
    app(sys.argv[1:] or ["--help"])


if __name__ == "__main__":
    main()
