"""The emoji that Telegram takes as a reaction."""

_JOINED = (
    "❤\u200d🔥",
    "❤\ufe0f\u200d🔥",
    "👨\u200d💻",
    "🤷\u200d♂",
    "🤷\u200d♂\ufe0f",
    "🤷\u200d♀",
    "🤷\u200d♀\ufe0f",
)
REACTIONS = frozenset(
    "👍👎❤🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🕊🤡🥱🥴😍🐳🌚🌭💯🤣⚡"
    "🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒"
    "💘🙉🦄😘💊🙊😎👾🤷😡"
).union(_JOINED)
