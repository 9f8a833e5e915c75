"""The evidence of a rehearsal, written and checked as staff would."""

from datetime import datetime

from bot.evidence.bundle import ClassExport, export_class
from bot.evidence.verification import compare, verify
from bot.rehearsal.checks import dossier_problems
from bot.rehearsal.plan import Plan, note_written
from bot.rehearsal.school import School, SchoolClass
from bot.services.teaching import course
from db.session import Database


async def write_evidence(
    plan: Plan, school: School, database: Database, now: datetime
) -> list[str]:
    """Write every class's dossiers, sheet and archive; return what is wrong with them."""
    found: list[str] = []
    exports: list[ClassExport] = []
    titles = {lesson.key: lesson.title for lesson in course().lessons}
    async with database.read() as session:
        for room in school.classes:
            export = await export_class(
                session, room.id, plan.out, now, data=plan.data, titles=titles
            )
            exports.append(export)
            found += export_problems(room, export)
            if not found:
                found += [str(one) for one in await compare(export.archive, session)]
    written = [(one.archive, one.signin, *one.dossiers) for one in exports]
    note_written(plan, [path for paths in written for path in paths])
    return found


def export_problems(room: SchoolClass, export: ClassExport) -> list[str]:
    """Say what is wrong with a class's files."""
    found = [*dossier_problems(room, (path.stem for path in export.dossiers))]
    found += [f"evidence: the file {digest} is missing" for digest in export.missing]
    found += [f"evidence: {problem}" for problem in verify(export.archive)]
    found += [
        f"evidence: {path.name} was not written"
        for path in (export.archive, export.signin, *export.dossiers)
        if not path.is_file() or not path.stat().st_size
    ]
    return found
