import pytest
import pytest_asyncio
from playwright.async_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(400),
    pytest.mark.asyncio(loop_scope="session"),
]

PHONE, GROUP, TEACHER, NEWCOMER = range(4)


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium, demo):
    """The demo's page, as wide as four phones."""
    context = await chromium.new_context(
        viewport={"width": 1500, "height": 860}, permissions=["microphone"]
    )
    page = await context.new_page()
    await page.goto(demo)
    yield page
    await context.close()


async def test_taps_on_the_learners_phone_change_the_teachers_tally(page):
    teacher, group = page.get_by_test_id(f"phone-{TEACHER}"), page.get_by_test_id(f"phone-{GROUP}")
    await teacher.get_by_text("开签到").last.click()
    await expect(teacher.get_by_text("到0，迟0，假0，未到50，共50")).to_be_visible()

    await group.get_by_role("button", name="✋").last.click()

    await expect(teacher.get_by_text("到1，迟0，假0，未到49，共50")).to_be_visible()
    await expect(group.get_by_text("50人，已到1人").last).to_be_visible()


async def test_a_newcomer_scans_the_card_and_joins(page):
    phone = page.get_by_test_id(f"phone-{NEWCOMER}")
    await page.get_by_test_id("card").click()
    await phone.get_by_test_id("start").click()
    await phone.get_by_role("button", name="✅").last.click()
    await phone.get_by_role("button", name="👂").last.click()
    for part in ("学校会保存", "只有管这个班", "你可以不同意"):
        await expect(phone.get_by_text(part).last).to_be_visible()
        await phone.get_by_role("button", name="▶️").last.click()
    await expect(phone.get_by_text("同意的话，按住话筒说").last).to_be_visible()
    await phone.get_by_test_id("mic").click()
    await page.wait_for_timeout(1500)  # a person speaking
    await phone.get_by_test_id("mic").click()
    await phone.get_by_role("button", name="👍").last.click()
    await expect(phone.get_by_text("1 读书").last).to_be_visible()
