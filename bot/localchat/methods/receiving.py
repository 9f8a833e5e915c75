"""Updates to the bot: polling, webhooks; who the bot is; files down."""

import asyncio
from typing import Any
from urllib.parse import urlsplit

from bot.localchat.arguments import Args
from bot.localchat.media import DOWNLOAD_LIMIT
from bot.localchat.refusals import bad, conflict
from bot.localchat.updates import read_allowed
from bot.localchat.webhooks import deliver
from bot.localchat.world import Bot, Webhook, World

JSON = dict[str, Any]

POLL_SECONDS = 50
POLL_LIMIT = 100
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_TOKEN_CHARS = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_TOKEN_LIMIT = 256


async def get_me(_: World, bot: Bot, __: Args) -> JSON:
    """Return the bot itself."""
    return bot.user


async def get_updates(world: World, bot: Bot, args: Args) -> object:
    """Return what has happened since the offset, waiting a while if nothing has."""
    if bot.webhook is not None:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    if "allowed_updates" in args.values:
        bot.updates.allowed = read_allowed(args.structure("allowed_updates", "allowed updates"))
    limit = args.number("limit", POLL_LIMIT)
    if not 0 < limit <= POLL_LIMIT:
        limit = POLL_LIMIT
    seconds = 0 if world.closing.is_set() else min(args.number("timeout"), POLL_SECONDS)
    return await bot.updates.poll(args.number("offset"), limit, seconds)


async def set_webhook(world: World, bot: Bot, args: Args) -> bool:
    """Have updates posted to an address from now on."""
    url = args.text("url")
    if not url:
        return await delete_webhook(world, bot, args)
    parts = urlsplit(url)
    # Telegram's own local server takes plain HTTP, too; here only on this machine.
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = args.text("secret_token")
    if len(secret) > _TOKEN_LIMIT or not _TOKEN_CHARS.issuperset(secret):
        raise bad("secret token contains unallowed characters")
    if "allowed_updates" in args.values:
        bot.updates.allowed = read_allowed(args.structure("allowed_updates", "allowed updates"))
    drop_webhook(bot)
    if args.flag("drop_pending_updates"):
        bot.updates.waiting.clear()
    bot.updates.end_poll("terminated by setWebhook request")
    bot.webhook = Webhook(url, secret, args.number("max_connections", 40))
    bot.webhook.task = asyncio.create_task(deliver(world, bot, bot.webhook))
    return True


async def delete_webhook(_: World, bot: Bot, args: Args) -> bool:
    """Go back to polling."""
    drop_webhook(bot)
    if args.flag("drop_pending_updates"):
        bot.updates.waiting.clear()
    return True


def drop_webhook(bot: Bot) -> None:
    """Stop posting updates."""
    if bot.webhook is not None and bot.webhook.task is not None:
        bot.webhook.task.cancel()
    bot.webhook = None


async def get_webhook_info(_: World, bot: Bot, __: Args) -> JSON:
    """Return how the posting of updates goes."""
    hook = bot.webhook
    info: JSON = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(bot.updates.waiting),
    }
    if hook is not None:
        info |= {"max_connections": hook.max_connections, "ip_address": "127.0.0.1"}
        if hook.last_error_date is not None:
            info["last_error_date"] = hook.last_error_date
            info["last_error_message"] = hook.last_error_message
    if bot.updates.allowed is not None:
        info["allowed_updates"] = sorted(bot.updates.allowed)
    return info


async def get_file(world: World, _: Bot, args: Args) -> JSON:
    """Return where a file can be fetched."""
    file_id = args.text("file_id")
    if not file_id:
        raise bad("file_id not specified")
    kept = world.files.by_id.get(file_id)
    if kept is None:
        raise bad("invalid file_id")
    if kept.size > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return kept.json() | {"file_path": kept.path}


METHODS = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "getFile": get_file,
}
