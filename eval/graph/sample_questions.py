"""Questions over the sample graph and over genes, each with its gold as a function of the tables."""

from eval.graph.gold import Gold, GraphQuestion, compared, counted, listed, says_no, says_yes
from eval.graph.tables import Found, Tables, less, shared

_Q = GraphQuestion


def _beside(tables: Tables, name: str, type_: str, *predicates: str, of: str = "") -> Found:
    return tables.beside(tables.ids(name, *([of] if of else [])), type_, *predicates)


def _only(found: Found, ids: frozenset[str]) -> Found:
    return {i: t for i, t in found.items() if i in ids}


def _path(tables: Tables, a: str, b: str, over: str) -> Gold:
    both = shared(_beside(tables, a, over), _beside(tables, b, over))
    return Gold(frozenset().union(*both.values()))


SAMPLE = (
    _Q("s01", "补阳还五汤由哪些中药组成？", "zh", "neighbours", lambda t: listed(_beside(t, "补阳还五汤", "Herb"))),
    _Q(
        "s02",
        "Which book records Buyang Huanwu Decoction?",
        "en",
        "attribute",
        lambda t: Gold(listed(_beside(t, "补阳还五汤", "ClassicalText", "recorded_in")).triples, texts=()),
    ),
    _Q("s03", "足三里位于哪条经络？", "zh", "neighbours", lambda t: listed(_beside(t, "足三里", "Meridian"))),
    _Q("s04", "哪些穴位在督脉上？", "zh", "neighbours", lambda t: listed(_beside(t, "督脉", "Acupoint"))),
    _Q(
        "s05",
        "血府逐瘀汤和桃红四物汤共有哪些中药？",
        "zh",
        "shared",
        lambda t: listed(shared(_beside(t, "血府逐瘀汤", "Herb"), _beside(t, "桃红四物汤", "Herb"))),
    ),
    _Q(
        "s06",
        "Which herbs are in 补阳还五汤 but not in 四物汤?",
        "en",
        "difference",
        lambda t: listed(less(_beside(t, "补阳还五汤", "Herb"), _beside(t, "四物汤", "Herb"))),
    ),
    _Q(
        "s07",
        "当归归哪些经？",
        "zh",
        "attribute",
        lambda t: Gold(listed(_beside(t, "当归", "Meridian", "belongs_to_meridian")).triples),
    ),
    _Q(
        "s08",
        "多少首方剂含有当归？",
        "zh",
        "count",
        lambda t: counted(_beside(t, "当归", "Formula", "formula_has_herb")),
    ),
    _Q(
        "s09",
        "Does Huang Qi belong to the lung meridian?",
        "en",
        "yes_no",
        lambda t: says_yes(_only(_beside(t, "黄芪", "Meridian"), t.ids("手太阴肺经"))),
    ),
    _Q(
        "s10",
        "補陽還五湯含有人參嗎？",
        "zh",
        "yes_no",
        lambda t: says_no(_only(_beside(t, "补阳还五汤", "Herb"), t.ids("人参", "Herb"))),
    ),
    _Q("s11", "《金匮要略》记载了哪些方剂？", "zh", "neighbours", lambda t: listed(_beside(t, "金匮要略", "Formula"))),
    _Q(
        "s12",
        "Who wrote 《医林改错》?",
        "en",
        "attribute",
        lambda t: Gold(listed(_beside(t, "医林改错", "Person")).triples),
    ),
    _Q(
        "s13",
        "血府逐瘀汤和补阳还五汤哪个药味更多？",
        "zh",
        "compare",
        lambda t: compared(
            t, ("血府逐瘀汤", _beside(t, "血府逐瘀汤", "Herb")), ("补阳还五汤", _beside(t, "补阳还五汤", "Herb"))
        ),
    ),
    _Q(
        "s14",
        "Which formulas contain Huangqi, Danggui and Chuanxiong?",
        "en",
        "three",
        lambda t: listed(shared(*(_beside(t, n, "Formula", "formula_has_herb") for n in ("黄芪", "当归", "川芎")))),
    ),
    _Q(
        "s15",
        "哪些因素会降低 AQP4？",
        "zh",
        "polarity",
        lambda t: Gold(frozenset(x for x in _lowering(t) if x[2] in t.ids("AQP4", "Protein"))),
    ),
)
"""Over the bundled sample graph."""


def _lowering(tables: Tables) -> set[tuple[str, str, str]]:
    return {x for i in tables.ids("AQP4", "Protein") for x in tables.at[i] if x[1] == "decreases"}


GENES = (
    _Q(
        "g01",
        "Which biological processes do AQP4 and AQP1 share?",
        "en",
        "shared",
        lambda t: listed(shared(_beside(t, "AQP4", "BiologicalProcess"), _beside(t, "AQP1", "BiologicalProcess"))),
    ),
    _Q(
        "g02",
        "How many genes are annotated with cerebrospinal fluid circulation?",
        "en",
        "count",
        lambda t: counted(_beside(t, "cerebrospinal fluid circulation", "Gene")),
    ),
    _Q(
        "g03",
        "哪些基因参与 amyloid-beta clearance？",
        "zh",
        "neighbours",
        lambda t: listed(_beside(t, "amyloid-beta clearance", "Gene")),
    ),
    _Q(
        "g04",
        "AQP4 基因定位于哪些细胞组分？",
        "zh",
        "neighbours",
        lambda t: listed(_beside(t, "AQP4", "CellularComponent")),
    ),
    _Q(
        "g05",
        "Which KEGG pathways is the gene SLC1A2 in?",
        "en",
        "neighbours",
        lambda t: listed(_beside(t, "SLC1A2", "Pathway")),
    ),
    _Q(
        "g06",
        "Which genes are located in the astrocyte end-foot and take part in water transport?",
        "en",
        "shared",
        lambda t: listed(shared(_beside(t, "astrocyte end-foot", "Gene"), _beside(t, "water transport", "Gene"))),
    ),
    _Q(
        "g07",
        "AQP1 参与而 AQP4 不参与的生物过程有哪些？",
        "zh",
        "difference",
        lambda t: listed(less(_beside(t, "AQP1", "BiologicalProcess"), _beside(t, "AQP4", "BiologicalProcess"))),
    ),
    _Q(
        "g08",
        "Does AQP9 participate in water homeostasis?",
        "en",
        "yes_no",
        lambda t: (
            says_yes(_only(_beside(t, "AQP9", "BiologicalProcess"), t.ids("water homeostasis")))
            if _only(_beside(t, "AQP9", "BiologicalProcess"), t.ids("water homeostasis"))
            else says_no({})
        ),
    ),
    _Q(
        "g09",
        "GFAP 和 DAG1 哪个参与的生物过程更多？",
        "zh",
        "compare",
        lambda t: compared(
            t, ("GFAP", _beside(t, "GFAP", "BiologicalProcess")), ("DAG1", _beside(t, "DAG1", "BiologicalProcess"))
        ),
    ),
    _Q(
        "g10",
        "What are the OMIM entries of APOE?",
        "en",
        "neighbours",
        lambda t: listed(_beside(t, "APOE", "OMIMEntry")),
    ),
)
"""Over genes, Gene Ontology, KEGG and OMIM."""
