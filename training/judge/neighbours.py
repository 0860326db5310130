"""The nearest texts of a collection, for hard negatives."""

import random
from collections.abc import Mapping

_NEAR = 12


class Neighbours:
    """The nearest texts of a collection by TF-IDF cosine."""

    def __init__(self, texts: Mapping[str, str], *, characters: bool = False) -> None:
        """``characters`` compares by runs of characters, for texts in Chinese as well."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        shape = {"analyzer": "char_wb", "ngram_range": (2, 3)} if characters else {"stop_words": "english"}
        self._vectorizer = TfidfVectorizer(sublinear_tf=True, min_df=2, **shape)
        self._keys = list(texts)
        self._texts = texts
        self._matrix = self._vectorizer.fit_transform(texts.values())

    def keys_near(self, text: str) -> list[str]:
        """Keys of the thirteen texts nearest to a text, the nearest first; a text that is here is its own first."""
        scores = (self._matrix @ self._vectorizer.transform([text]).T).toarray().ravel()
        return [self._keys[i] for i in scores.argsort()[::-1][: _NEAR + 1]]

    def hard(self, query: str, own: str, count: int, order: random.Random) -> list[str]:
        """Some of the twelve nearest texts that are not the question's own."""
        near = [key for key in self.keys_near(query) if key != own][:_NEAR]
        return [self._texts[k] for k in order.sample(near, min(count, len(near)))]
