import pytest

from kg.errors import InvalidTable
from kg.exchange.sources import source_of
from kg.ontology import Ontology


@pytest.mark.parametrize("address", ["bolt://", "neo4j://reader:secret@", "bolt://reader:secret@host:no-number"])
def test_an_address_without_a_server_is_refused_with_the_cure_and_without_its_password(
    ontology: Ontology, address: str
) -> None:
    with pytest.raises(InvalidTable, match="names no server; write bolt://HOST:PORT") as caught:
        source_of(address, ontology)
    assert "secret" not in str(caught.value)
