"""Updates posted to a webhook, one after another, each until it is taken."""

import asyncio
from http import HTTPStatus

import aiohttp

from bot.localchat.world import Bot, Webhook, World

LONGEST_WAIT = 30.0
ANSWER_SECONDS = 60


async def deliver(world: World, bot: Bot, hook: Webhook) -> None:
    """Post each update until the bot's server takes it; then the next."""
    headers = {"Content-Type": "application/json"}
    if hook.secret:
        headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
    timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
    queue = bot.updates
    wait = world.webhook_retry
    async with aiohttp.ClientSession(headers=headers, timeout=timeout) as session:
        while True:
            if not queue.waiting:
                queue.arrived.clear()
                await queue.arrived.wait()
                continue
            update_id, update = queue.waiting[0]
            error = await _post(session, hook.url, update)
            if error is None:
                queue.confirm(update_id + 1)
                wait = world.webhook_retry
                continue
            hook.last_error_date, hook.last_error_message = world.timestamp(), error
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)


async def _post(session: aiohttp.ClientSession, url: str, update: bytes) -> str | None:
    """Return None when the update was taken, else what went wrong."""
    try:
        async with session.post(url, data=update) as response:
            await response.read()
            if response.status // 100 == HTTPStatus.OK // 100:
                return None
            reason = response.reason or HTTPStatus(response.status).phrase
            return f"Wrong response from the webhook: {response.status} {reason}"
    except TimeoutError:
        return "Read timeout expired"
    except aiohttp.ClientError as error:
        return f"Connection failed: {error}"
