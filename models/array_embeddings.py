"""LangChain's Embeddings over the array methods of an embedder."""

from abc import abstractmethod
from collections.abc import Sequence

from langchain_core.embeddings import Embeddings

from models.protocols import Vectors


class ArrayEmbeddings(Embeddings):
    """An embedder gives the array methods, and has LangChain's lists by them."""

    @abstractmethod
    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, dimension)."""

    @abstractmethod
    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """LangChain's form of encode_passages."""
        vectors: list[list[float]] = self.encode_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """LangChain's form of encode_query."""
        vector: list[float] = self.encode_query(text).tolist()
        return vector
