"""Errors are told in one sentence, in Chinese and in English; nobody is shown a traceback."""

import errno
import os
import sqlite3
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import asyncpg
import typer
from cryptography.exceptions import InvalidTag
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from typer.core import TyperGroup
from xlsxwriter.exceptions import XlsxWriterException

from bot.clock import utcnow
from bot.courses import PackError
from bot.services.refusing import Refusal
from bot.services.roster_archive import RefusedError
from bot.settings import Settings

EXPECTED = 2
UNEXPECTED = 1
LOG = "errors.log"
SYSTEM = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EEXIST: "已有同名的文件",
    errno.EACCES: "没有权限",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.ENOSPC: "磁盘满了",
    errno.EROFS: "磁盘只能读",
    errno.EADDRINUSE: "端口已被占用",
    errno.ECONNREFUSED: "连不上",
}
SENTENCES: dict[type[Exception], tuple[str, str]] = {
    InvalidTag: (
        "密钥不是这个数据库的（MIAOKE_KEY 或数据文件夹里的 key），请放回原来的密钥。",
        "The key (MIAOKE_KEY, or key in the data folder) is not this database's own.",
    ),
    ArgumentError: (
        "MIAOKE_DATABASE_URL 写得不对。",
        "MIAOKE_DATABASE_URL is not the URL of a database.",
    ),
    IntegrityError: (
        "同时有别人在改同样的数据，这次没有改动；请再试一次。",
        "Somebody changed the same data at the same time; nothing was changed, try again.",
    ),
    XlsxWriterException: (
        "表格文件写不了，请检查文件夹。",
        "The XLSX file cannot be written; check its folder.",
    ),
}


class Guarded(TyperGroup):
    """A group of commands that ends every error in a sentence and an exit code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002 - the library's signature
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run, and exit with 0, or 2 for what was expected to go wrong, or 1."""
        told = (args, prog_name, complete_var, False, windows_expand_args)
        if not standalone_mode:
            return super().main(*told, **extra)
        try:
            code = super().main(*told, **extra)
        except Exception as error:  # noqa: BLE001 - the last place that can tell anybody
            code = tell(error)
        sys.exit(code if isinstance(code, int) else 0)


def tell(error: Exception) -> int:
    """Say what went wrong; what nobody foresaw is kept in a file for those who can mend it."""
    sentence = explain(error)
    if sentence is None:
        kept = keep(error)
        sentence = (
            f"程序出了意外的错误（{type(error).__name__}），详情在 {kept}。",
            f"Something unforeseen went wrong ({type(error).__name__}); details are in {kept}.",
        )
        typer.echo(" ".join(sentence), err=True)
        return UNEXPECTED
    typer.echo(" ".join(sentence), err=True)
    return EXPECTED


def explain(error: Exception) -> tuple[str, str] | None:  # noqa: PLR0911 - a case a line
    """Put an expected error into a sentence in Chinese and one in English."""
    for kind, sentences in SENTENCES.items():
        if isinstance(error, kind):
            return sentences
    match error:
        case Refusal() | RefusedError():
            return error.chinese, error.english
        case typer.TyperException():
            return "命令写得不对，加 --help 可看用法。", _sentence(error.format_message())
        case ValidationError():
            return _settings(error)
        case PackError():
            return "课程包有错，不能用。", f"The course pack has errors: {error.problems[0]}"
        case DBAPIError() | sqlite3.Error() | asyncpg.PostgresError():
            return "数据库连不上或不可用。", f"The database cannot be used ({_driver(error)})."
        case OSError():
            return _system(error)
        case _:
            return None


def _settings(error: ValidationError) -> tuple[str, str]:
    names = sorted({f"MIAOKE_{str(one['loc'][0]).upper()}" for one in error.errors() if one["loc"]})
    which = "、".join(names) or "?"
    return f"设置不对：{which}。", f"These settings are not valid: {which}."


def _driver(error: Exception) -> str:
    """Name a driver's error without its words, which may quote what was stored."""
    inner = error.orig if isinstance(error, DBAPIError) else None
    return type(inner or error).__name__


def _system(error: OSError) -> tuple[str, str]:
    chinese = SYSTEM.get(error.errno or 0, "文件或网络出错")
    where = f"：{error.filename}" if error.filename else ""
    reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return f"{chinese}{where}。", f"{reason}{f': {error.filename}' if error.filename else ''}."


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def keep(error: Exception) -> Path:
    """Write down where an unforeseen error came from; never its words, which may name people."""
    lines = [f"{utcnow():%Y-%m-%dT%H:%M:%SZ} {' '.join(sys.argv[1:3])}\n"]
    cause: BaseException | None = error
    while cause:
        lines += [*traceback.format_tb(cause.__traceback__), f"{type(cause).__qualname__}\n"]
        cause = cause.__cause__ or cause.__context__
    try:
        folder = Settings().data
    except ValidationError:
        folder = Path("data")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / LOG
        with path.open("a", encoding="utf-8") as log:
            log.writelines(lines)
    except OSError:
        sys.stderr.writelines(lines)
        return Path("stderr")
    return path
