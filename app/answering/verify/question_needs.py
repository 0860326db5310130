"""What an answer to a question needs: the things that it names, and the kind of quantity that it asks for."""

import html
import re
import unicodedata
from dataclasses import dataclass

from app.answering.verify.lexicon import lexicon
from app.answering.verify.quantities import unit_kind
from kg.documents.language import language_of
from kg.documents.sentences import sentences
from kg.names.spelling import normalise

_SYMBOL = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9α-ω+/-]*(?:[A-Z0-9][A-Za-z0-9α-ω+/-]*[A-Z0-9]|[a-z][A-Z]|[A-Za-z]\d))"
    r"[A-Za-z0-9α-ω][A-Za-z0-9α-ω+/-]*[A-Za-z0-9α-ω+](?![A-Za-z0-9])"
)
_WORD = re.compile(r"[A-Za-zα-ωÀ-ɏ][A-Za-zα-ωÀ-ɏ'’-]*")
_AUTHOR = re.compile(
    r"\b(?P<name>[A-Z][a-zÀ-ɏ]+(?:-[A-Z][a-zÀ-ɏ]+)?)"
    r"(?=(?:'s|’s)?\s*(?:et al|and (?:colleagues|co-?workers|co-?authors)|等|团队)|(?:'s|’s)?,?\s*\(?(?:19|20)\d\d)"
)
_QUOTED = re.compile(r"[\"“「《]([^\"”」》]{3,60})[\"”」》]")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FORMULA = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,7}?(?:汤|散|丸|饮|丹|膏|颗粒|胶囊|口服液|注射液|煎))")
_KIND_OF = re.compile(
    r"-(?:like|class|type|dependent|independent|induced|mediated|phenotype|deficient|positive|negative|null|specific"
    r"|related|associated|expressing|treated)$"
)
"""What is said of a name that sources may put otherwise: M2-like, NF-kB-dependent."""

_CONDITION_FOLLOWS = re.compile(r"(?:['’]s)?\s+(?:disease|syndrome|patients|disorder|dementia|palsy)", re.IGNORECASE)
_STOPS_ZH = "的在和与及或由对把被从到以为于是有哪些什么如何请问问中里用按给含能可将使让比跟同和、服该此每各首味"
_NOT_FORMULA = re.compile(
    r"^(?:.*(?:扩|分|弥|消|离|播|涣|发|解|集|疏|松|闲|驱)散|.*吞饮|.*胞饮|.*餐饮|.*饮|.*[药质]物散)$"
)
_COMPARES = re.compile(
    r"\b(?:compar\w+|contrast\w*|differ|differences?|agree|both|two|three|respectively|list|summari[sz]e|besides|techniques|"
    r"interventions|papers|studies|also|whose)\b|比较|不同|异同|两[项种个篇]|是否都|分别|哪些|列出|各自|另一|也|又|该|这种|那种",
    re.IGNORECASE,
)
_WANTS = (
    (
        r"\b(?:what|which) (?:oral |daily |single |total )?(?:[a-z]+ )?(?:dos(?:e|age)|amount)\b|剂量",
        ("mass", "amount", "activity", "volume", "concentration"),
        ("dose", "剂量"),
    ),
    (
        r"\bwhat (?:percentage|percent|proportion|fraction|share)\b|百分之几|百分比|比例是多少",
        ("share", "number"),
        ("percentage", "百分比"),
    ),
    (
        r"\bhow many (?:seconds|minutes|hours|days|weeks|months|years)\b|\bhow long\b|half-?(?:time|life)s?\b"
        r"|多长时间|几天|几小时|半衰期",
        ("time",),
        ("duration", "时间"),
    ),
    (
        r"\b(?:what|which) [\w\s,'-]{0,40}?(?:velocity|speed)\b|速度是多少|流速",
        ("length", "volume"),
        ("velocity", "速度"),
    ),
    (
        r"\bhow many\b|\bwhat (?:is|was|were|are) the (?:numerical )?(?:value|number)|\bwhat (?:numerical |numeric )"
        r"|\bwhat [\w-]*(?:index|score|ratio|rate)\b|多少|数值|几倍",
        (),
        ("value", "数值"),
    ),
)
_MEASURED = re.compile(
    r"\bwhat (?:is the |was the )?(?:numerical |numeric |exact )*(?P<noun>[a-z-]{4,})"
    r" (?:value|ratio|rate|coefficient|score)s?\b",
    re.IGNORECASE,
)
_UNIT_ASKED = re.compile(
    r"多少\s*(?P<zh>[A-Za-zµμ%]+|毫克|微克|毫升|微升|毫摩尔|小时|分钟|天|周|微米|纳米)"
    r"|\b(?:in|how many|how much) (?P<en>mg|mmol|ml|µm|um|nm|bp|hours|minutes|days|base pairs)\b",
    re.IGNORECASE,
)
YES_OR_NO = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|has|have|can|could)\b|.*(?:是否|吗[?？]?$|能否)", re.IGNORECASE | re.DOTALL
)
"""What begins or ends a question that asks for yes or no."""
_GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "κ": "kappa",
    "ω": "omega",
    "μ": "mu",
    "λ": "lambda",
    "ε": "epsilon",
}


@dataclass(frozen=True, slots=True)
class AskedName:
    """A thing that the question names; ``strong`` ones must be in the evidence, ``others`` are its other names."""

    text: str
    kind: str
    others: tuple[str, ...] = ()

    @property
    def strong(self) -> bool:
        """Whether evidence without it cannot answer."""
        return self.kind in {"symbol", "substance", "condition", "formula", "author", "quoted"}


@dataclass(frozen=True, slots=True)
class QuestionNeeds:
    """What a question wants: named things, the kinds of unit a number must have, whether one source
    is expected, in how many sentences it is put, and what is measured where it says so.

    ``wants`` is None where no number is asked; empty where any number will do.
    """

    names: tuple[AskedName, ...]
    years: tuple[int, ...]
    wants: tuple[str, ...] | None
    wanted: tuple[str, str]
    one_source: bool
    parts: int = 1
    measured: str = ""


def needs_of(question: str) -> QuestionNeeds:
    """Read a question."""
    known = lexicon()
    found: dict[str, AskedName] = {}

    def add(text: str, kind: str) -> None:
        key = folded(text)
        if len(key) > 1 and not any(key == k or (key in k and kind != "author") for k in found):
            found[key] = AskedName(text, kind)

    for match in _AUTHOR.finditer(question):
        add(match["name"], "author")
    for match in _SYMBOL.finditer(question):
        text = _KIND_OF.sub("", match[0].strip("-/+"))
        if (
            text not in known.capitalised
            and not _YEAR.fullmatch(text)
            and not re.fullmatch(r"[\d\W]+|\d+[A-Za-z]{1,4}(?:/[A-Za-z]+)?", text)
        ):
            add(text, "symbol")
    chinese = language_of(question) == "zh"
    for match in _WORD.finditer(question):
        word = re.sub(r"['’]s?$", "", match[0])
        if word.lower() in known.common_words or len(word) < 3 or unit_kind(word):
            continue
        if known.substance.fullmatch(word):
            add(word, "substance")
        elif known.condition.fullmatch(word):
            add(word, "condition")
        elif chinese:
            add(word, "symbol" if word[0].isupper() else "substance")
        elif word[0].isupper() and word not in known.capitalised and not _starts_sentence(question, match.start()):
            add(word, "condition" if _names_a_condition(question, match.end()) else "proper")
    for match in _QUOTED.finditer(question):
        add(match[1], "quoted")
    for match in _FORMULA.finditer(question):
        name = re.split(f"[{_STOPS_ZH}]", match["name"])[-1]
        if len(name) >= 3 and not _NOT_FORMULA.fullmatch(name):
            add(name, "formula")
    wants, wanted = _wanted(question)
    measured = _MEASURED.search(question)
    authors = sum(n.kind == "author" for n in found.values())
    parts = max(1, len(sentences(question)), len(re.findall(r"[?？]", question)))
    return QuestionNeeds(
        names=tuple(found.values()),
        years=tuple(int(y) for y in dict.fromkeys(_YEAR.findall(question))),
        wants=wants,
        wanted=wanted,
        one_source=not _COMPARES.search(question) and parts == 1 and authors < 2,
        parts=parts,
        measured=measured["noun"] if measured else "",
    )


def folded(text: str) -> str:
    """A name without case, signs and spaces, Greek letters spelled out, oedema and leukaemia in American spelling."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", html.unescape(text)) if not unicodedata.combining(c))
    spelled = "".join(_GREEK.get(c, c) for c in normalise(plain).lower()).replace("ae", "e").replace("oe", "e")
    return re.sub(r"[^a-z0-9\u3400-\u9fff]", "", spelled)


def occurs(name: AskedName, text: str, folded_text: str) -> bool:
    """Whether the name, one of its other names, or what it abbreviates stands in the text."""
    for form in (name.text, *name.others):
        key = folded(form)
        if len(key) > 1 and (key in folded_text or (key.endswith("s") and len(key) > 4 and key[:-1] in folded_text)):
            return True
    parts = [folded(p) for p in re.split(r"[-/]", name.text) if len(folded(p)) > 1]
    if len(parts) > 1 and all(p in folded_text for p in parts):
        return True
    return bool(re.fullmatch(r"[A-Za-z]{0,2}[A-Z]{2,5}s?", name.text)) and _spelled_out(name.text.rstrip("s"), text)


def _spelled_out(acronym: str, text: str) -> bool:
    letters = [c for c in acronym if c.isupper()]
    pattern = r"[\s-]+(?:of |and |the |in )?".join(rf"{c}[a-z]+" for c in letters)
    return re.search(rf"\b{pattern}", text, re.IGNORECASE) is not None


def _starts_sentence(question: str, at: int) -> bool:
    before = question[:at].rstrip()
    return not before or before[-1] in ".?!:;"


def _names_a_condition(question: str, end: int) -> bool:
    return bool(_CONDITION_FOLLOWS.match(question[end:]))


def _wanted(question: str) -> tuple[tuple[str, ...] | None, tuple[str, str]]:
    unit = _UNIT_ASKED.search(question)
    if unit:
        name = unit["zh"] or unit["en"]
        kind = unit_kind(name)
        if kind:
            return (kind,), (name, name)
    for pattern, kinds, wanted in _WANTS:
        if re.search(pattern, question, re.IGNORECASE):
            return kinds, wanted
    return None, ("", "")
