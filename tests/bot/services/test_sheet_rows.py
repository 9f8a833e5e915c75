import pytest

from bot.services.sheet_rows import all_here, buttons, draft, rows_of, shown_strips, turn_row
from db.models import Person, Sheet, Status


def sheet(first, last):
    """A page of paper with these rows."""
    return Sheet(
        id=7, meeting_id=3, rows={str(row): row + 100 for row in range(first, last + 1)}, keyed=None
    )


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [(1, 1, 1), (1, 8, 1), (1, 9, 2), (1, 17, 2), (18, 34, 2), (35, 40, 1)],
)
def test_as_many_strips_are_shown_as_have_somebody_or_the_next_free_row(first, last, shown):
    assert shown_strips(sheet(first, last)) == shown


def test_every_row_of_a_page_is_on_one_of_its_strips():
    page = sheet(18, 34)
    assert [*rows_of(page, 0), *rows_of(page, 1)] == list(range(18, 35))
    assert rows_of(page, 2) == []


def test_a_row_turns_through_its_states_and_is_empty_again():
    page = sheet(1, 3)
    turned = [turn_row(page, 2) for _turn in range(5)]
    assert turned == [Status.PRESENT, Status.ABSENT, Status.LEAVE, Status.LATE, None]
    assert draft(page) == {}


def test_all_here_goes_for_the_rows_that_are_seen():
    page = sheet(1, 12)
    turn_row(page, 1)
    turn_row(page, 1)
    all_here(page, 0)
    assert draft(page) == {1: Status.ABSENT} | dict.fromkeys(range(2, 10), Status.PRESENT)


def test_the_buttons_stand_in_the_order_of_the_rows():
    page = sheet(1, 12)
    listed = {row: Person(id=row + 100, name=f"示例{row}") for row in range(1, 13)}
    turn_row(page, 10)
    keyboard = buttons(page, 1, listed)
    faces = [one["text"] for row in keyboard for one in row]
    assert faces == ["10 示例10 到", "11 示例11 ·", "12 示例12 ·", "«", "+新人", "全到", "保存"]
    acts = [one["callback_data"] for row in keyboard for one in row]
    assert acts[-4:] == ["sheetgo:7:0", "walkin:3", "sheetall:7:1", "sheetsave:7"]
