"""Articles that are made from others."""

import tarfile
from io import BytesIO
from pathlib import Path

from eval.scale.papers import PLOS, variant, write_papers
from kg.documents.parse import parse
from kg.protocols import ParseLimits

ARTICLE = """<?xml version="1.0"?>
<article><front><article-meta><article-id pub-id-type="doi">10.1371/journal.pone.1</article-id>
<title-group><article-title>Water in the brain</article-title></title-group>
<abstract><p>The volume fraction of AQP4 mice was 21 percent in the cortex of twelve animals.</p></abstract>
</article-meta></front>
<body><sec><title>Results</title><p>Clearance of amyloid fell by 55 percent without aquaporin channels.</p></sec></body>
</article>
"""


def test_a_variant_is_another_paper_with_other_words_and_the_same_each_time() -> None:
    first, second = variant(ARTICLE, 3), variant(ARTICLE, 4)
    assert first == variant(ARTICLE, 3)
    assert "10.1371/journal.pone.1.3<" in first
    assert "Water in the brain (3)<" in first
    assert len({ARTICLE, first, second}) == 3
    assert "<title>Results</title>" in first


def test_papers_are_read_as_different_documents(tmp_path: Path) -> None:
    archive = tmp_path / "data" / PLOS
    archive.parent.mkdir(parents=True)
    with tarfile.open(archive, "w:gz") as packed:
        member = tarfile.TarInfo("a/journal.pone.1.xml")
        member.size = len(ARTICLE.encode())
        packed.addfile(member, BytesIO(ARTICLE.encode()))
    files = write_papers(tmp_path / "data", tmp_path / "papers", range(3))
    read = [parse(file, ParseLimits()).documents[0] for file in files]
    assert len({document.id for document, _ in read}) == 3
    assert len({document.title for document, _ in read}) == 3
    assert len({" ".join(block.text for block in blocks) for _, blocks in read}) == 3
