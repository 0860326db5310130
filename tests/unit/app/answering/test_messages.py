"""The messages of each language."""

from app.answering.messages import languages, messages_in


def test_every_language_is_a_file_with_the_same_messages() -> None:
    assert languages() == {"en", "zh"}
    english, chinese = messages_in("en"), messages_in("zh")
    for part in ("notices", "refusal", "graph", "attributes"):
        assert set(getattr(english, part)) == set(getattr(chinese, part))
