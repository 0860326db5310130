"""The state of the chat model in words: which model answers, and whether it can now."""

from app.bootstrap import App
from models.errors import ModelError


async def chat_state(app: App, *, reason: bool = False) -> str:
    """The model that answers, with the reason for its choice if wanted; raises ModelError if none can answer now.

    If extractive answers replace a server that cannot be reached, this is reported and not raised.
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
        return f"{found}; it cannot be reached, so answers are extractive: {error}"
    return found
