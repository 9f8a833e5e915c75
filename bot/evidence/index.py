"""The page of an archive that links to every file."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from bot.evidence.archive import MANIFEST
from bot.evidence.attendance import ClassFacts
from bot.evidence.words import exact, short, words


def index_page(
    about: ClassFacts, learners: Sequence[Mapping[str, Any]], missing: set[str], signin: str
) -> str:
    """Write a page that links to every file, for who unpacks the archive."""
    form = words()["index"]
    title = escape(f"{about.study_class.name} {form['title']}")
    heads = "".join(f"<th>{escape(head)}</th>" for head in form["heads"])
    rows = "\n".join(
        f"<tr><td>{escape(each['number'])}</td><td>{escape(each['name'])}</td>"
        f'<td><a href="{escape(each["dossier"])}">PDF</a></td>'
        f'<td><a href="{escape(each["ledger"])}">JSONL</a></td>'
        f"<td>{each['entries']}</td><td><code>{short(each['head'])}</code></td></tr>"
        for each in learners
    )
    lost = "".join(f"<li><code>{escape(digest)}</code></li>" for digest in sorted(missing))
    lacking = f"<h2>{escape(form['missing'])}</h2><ul>{lost}</ul>" if lost else ""
    return f"""<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.6 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}}
table{{border-collapse:collapse;width:100%}}td,th{{border:1px solid;padding:.2rem .5rem}}</style>
<h1>{title}</h1>
<p>{escape(form["made"])}：{exact(about.now)}
　<a href="{escape(signin)}">{escape(form["signin"])}</a>
　<a href="{MANIFEST}">{escape(form["manifest"])}</a></p>
<table><tr>{heads}</tr>
{rows}
</table>
{lacking}
</html>
"""
