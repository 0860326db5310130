"""The chat model's state in words: which one answers, and whether it can now."""

from app.bootstrap import App
from models.errors import ModelError


async def chat_state(app: App, *, reason: bool = False) -> str:
    """What answers, with the reason for its choice where asked for; raises ModelError where nothing can answer now.

    A server that is away is told of and not raised where answers are then made of evidence sentences.
    """
    choice = await app.chat()
    found = f"{choice.kind} ({choice.name})" + (f", because {choice.why}" if reason else "")
    if choice.probe is None:
        return found
    try:
        await choice.probe()
    except ModelError as error:
        if not app.settings.chat_fallback:
            raise
        return f"{found}; it is away, so answers are extractive: {error}"
    return found
