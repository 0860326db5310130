"""Claims made from sentences of evidence: true rewordings and false ones, each false cue with a true twin.

The bulk of the judge's data. Every rule makes a claim whose label follows from the edit alone; where an edit makes a
claim that the evidence refutes or merely does not hold, the label is ``wrong``. Word lists stand here and not in the
product: they make data, they do not read questions.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kg.documents.sentences import sentences
from kg.domain import Language
from models.han import HAN
from training.judge.examples import Example, Label

Made = tuple[str, Label, str]
"""A claim, its label and the type of edit."""

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w]|\.\d)")
_OPPOSITES_EN: Mapping[str, str] = {
    "increased": "decreased", "increases": "decreases", "increase": "decrease", "increasing": "decreasing",
    "higher": "lower", "greater": "smaller", "more": "less", "enhanced": "impaired", "enhances": "impairs",
    "improved": "worsened", "improves": "worsens", "reduced": "elevated", "reduces": "elevates",
    "reduction": "rise", "promotes": "inhibits", "promoted": "inhibited", "activates": "inhibits",
    "activated": "suppressed", "upregulated": "downregulated", "upregulation": "downregulation",
    "accelerated": "delayed", "longer": "shorter", "positively": "negatively", "gain": "loss", "faster": "slower",
    "up-regulated": "down-regulated", "stronger": "weaker", "larger": "smaller", "older": "younger",
    "before": "after", "early": "late", "above": "below", "protective": "harmful", "beneficial": "detrimental",
    "sensitive": "resistant", "presence": "absence", "induces": "prevents", "induced": "prevented",
}  # fmt: skip
_OPPOSITES_ZH: Mapping[str, str] = {
    "升高": "降低", "增加": "减少", "提高": "降低", "增强": "减弱", "上调": "下调", "促进": "抑制", "改善": "恶化",
    "高于": "低于", "大于": "小于", "多于": "少于", "加快": "减慢", "延长": "缩短", "正相关": "负相关", "优于": "劣于",
    "激活": "抑制", "增大": "减小", "上升": "下降", "早于": "晚于", "增宽": "变窄", "加重": "减轻", "快于": "慢于",
}  # fmt: skip
_SPECIES = ("mice", "rats", "patients", "humans", "zebrafish", "rabbits", "monkeys", "children", "women", "men", "pigs")
_SPECIES_ZH = ("小鼠", "大鼠", "患者", "兔", "猴", "儿童", "女性", "男性", "斑马鱼", "犬")
_AUXILIARY = re.compile(r"\b(was|were|is|are|did|does|do|can|could|has|have|had|will)\b(?! not)")
_NEGATED = re.compile(r"\b(was|were|is|are|can|could|has|have|had|will)(?: not|n't)\b")
_HEDGE = re.compile(r"\b(?:may|might|could)\b(?: (?:also|not))?|\bsuggest(?:s|ed|ing)? that\b|\bappears? to\b")
_HEDGE_ZH = re.compile(r"可能|或许|提示|有望")
_ASSOCIATED = re.compile(r"\b(?:is|was|are|were) (?:significantly |strongly )?(?:associated|correlated) with\b")
_COMPARED = re.compile(
    r"(?P<a>[^,;.()]{3,60}?) (?P<be>was|were|is|are) (?P<s>significantly |markedly )?"
    r"(?P<d>higher|lower|greater|larger|smaller|longer|shorter|faster|slower) than (?P<b>[^,;.()]{3,60})(?:[,;.]|$)"
)
_COMPARED_ZH = re.compile(
    r"(?P<a>[^,;,。;]{2,14}?)(?P<s>显著|明显)?(?P<d>高于|低于|大于|小于|多于|少于|优于|劣于)(?P<b>[^,;,。;]{2,14})"
)
_NEGATION_ZH = re.compile(r"(?P<v>影响|改变|改善|降低|升高|增加|减少|促进|抑制|相关|参与|存在差异)")
_SYMBOL = re.compile(r"\b(?=[A-Za-z0-9-]*[A-Z])(?=[A-Za-z0-9-]*[A-Z0-9][A-Za-z0-9-]*)[A-Z][A-Za-z0-9-]{1,9}\b")
_LEAD = re.compile(
    r"^(?:however|moreover|furthermore|in addition|in contrast|thus|therefore|here|finally|notably|interestingly"
    r"|together|importantly|additionally|consistently|conversely|in conclusion|conclusions?:?|results?:?"
    r"|these (?:results|data|findings) (?:suggest|show|indicate|demonstrate) that"
    r"|we (?:found|show|report|demonstrate|observed|conclude)(?:ed)?(?: here)? that"
    r"|此外|另外|结果(?:显示|表明)|因此)[,,: ]*",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[A-Z][A-Z /-]{4,}:? ")


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text that claims are made from; ``group`` keeps all of its claims in one split."""

    group: str
    text: str
    language: Language
    title: str = ""


def corrupted(texts: Sequence[SourceText], *, seed: int, each: int = 3) -> Iterator[Example]:
    """Up to ``each`` true and as many false claims a text, over evidence of one to four sentences."""
    order = random.Random(seed)
    symbols = sorted({s for t in texts for s in _SYMBOL.findall(t.text)})
    for text in texts:
        spans = [text.text[a:b].strip() for a, b in sentences(text.text)]
        spans = [s for s in spans if 30 <= len(s) <= 400 or (text.language == "zh" and 12 <= len(s) <= 160)]
        if not spans:
            continue
        made: list[tuple[str, Made]] = []
        for _ in range(3 * each):
            at = order.randrange(len(spans))
            evidence, others = _window(spans, at, order)
            claims = list(_claims(spans[at], others, text.language, symbols, order))
            if claims:
                made.append((evidence, order.choice(claims)))
        seen: set[str] = set()
        counts = {True: 0, False: 0}
        for evidence, (claim, label, type_) in made:
            true = label == "supported"
            if claim in seen or counts[true] >= each or claim == evidence:
                continue
            seen.add(claim)
            counts[true] += 1
            yield Example(claim, evidence, label, type_, text.language, "corruption", text.group)


def _window(spans: Sequence[str], at: int, order: random.Random) -> tuple[str, list[str]]:
    before, after = order.choice([(0, 0), (1, 0), (0, 1), (1, 1), (2, 1)])
    first, last = max(0, at - before), min(len(spans), at + after + 1)
    outside = [s for i, s in enumerate(spans) if not first <= i < last]
    return " ".join(spans[first:last]), outside


def _claims(
    sentence: str, outside: Sequence[str], language: Language, symbols: Sequence[str], order: random.Random
) -> Iterator[Made]:
    plain = _plain(sentence)
    yield plain, "supported", "verbatim"
    for make in _MAKERS[language]:
        yield from make(plain, order)
    if language == "en":
        yield from _symbols(plain, symbols, order)
    if outside:
        yield _plain(order.choice(list(outside))), "unsupported", "topic"


def _plain(sentence: str) -> str:
    text = _LEAD.sub("", _LABEL.sub("", sentence)).strip()
    return text[:1].upper() + text[1:]


def _numbers(text: str, order: random.Random) -> Iterator[Made]:
    found = [m for m in _NUMBER.finditer(text) if not 1900 <= float(m[0]) <= 2030]
    if not found:
        return
    m = order.choice(found)
    value, digits = float(m[0]), len(m[0].partition(".")[2])
    factor = order.choice([0.5, 0.7, 0.8, 1.2, 1.3, 1.5, 2.0])
    other = f"{value * factor:.{digits}f}"
    if other != m[0]:
        yield _replaced(m, other), "contradicted", "number"
    if digits and value >= 1 and order.random() < 0.5:
        about = f"{value:.0f}"
        word = "约" if re.search(f"[{HAN}]", text) else "about "
        yield _replaced(m, word + about), "supported", "number"


def _swap(text: str, order: random.Random, table: Mapping[str, str], *, words: bool) -> Iterator[Made]:
    both = {**table, **{b: a for a, b in table.items()}}
    pattern = "|".join(re.escape(w) for w in sorted(both, key=len, reverse=True))
    found = list(re.finditer(rf"\b(?:{pattern})\b" if words else pattern, text))
    if found:
        m = order.choice(found)
        yield _replaced(m, both[m[0]]), "contradicted", "direction"


def _negation_en(text: str, order: random.Random) -> Iterator[Made]:
    negated = list(_NEGATED.finditer(text))
    if negated:
        m = order.choice(negated)
        yield _replaced(m, m[1]), "contradicted", "negation"
        return
    found = list(_AUXILIARY.finditer(text))
    if found:
        m = order.choice(found)
        yield text[: m.end()] + " not" + text[m.end() :], "contradicted", "negation"
        frame = order.choice(("It is not true that {}", "The finding was not that {}"))
        yield frame.format(text[:1].lower() + text[1:]), "contradicted", "negation"
        wrong = text[: m.end()] + " not" + text[m.end() :]
        yield f"It is wrong to say that {wrong[:1].lower()}{wrong[1:]}", "supported", "double_negation"


def _negation_zh(text: str, order: random.Random) -> Iterator[Made]:
    if re.search(r"未|不|无|没有", text):
        m = re.search(r"(?:并)?(?:未能?|没有|不)(?=影响|改变|改善|降低|升高|增加|减少|促进|抑制|相关|参与)", text)
        if m:
            yield _replaced(m, ""), "contradicted", "negation"
        return
    found = list(_NEGATION_ZH.finditer(text))
    if found:
        m = order.choice(found)
        word = "不" if m[0] == "相关" else "并未"
        denied = text[: m.start()] + word + text[m.start() :]
        yield denied, "contradicted", "negation"
        yield f"说“{denied.rstrip('。')}”是不对的。", "supported", "double_negation"


def _comparison_en(text: str, order: random.Random) -> Iterator[Made]:
    m = _COMPARED.search(text)
    if not m:
        return
    a, b, be, strength = m["a"].strip(), m["b"].strip(), m["be"], m["s"] or ""
    reverse = {"higher": "lower", "greater": "smaller", "larger": "smaller", "longer": "shorter", "faster": "slower"}
    other = {**reverse, **{v: k for k, v in reverse.items()}}[m["d"]]
    yield f"{_upper(b)} {be} {strength}{other} than {_lower(a)}.", "supported", "swap"
    yield f"{_upper(b)} {be} {strength}{m['d']} than {_lower(a)}.", "contradicted", "comparison"
    yield f"{_upper(a)} {be} {strength}{other} than {b}.", "contradicted", "comparison"


def _comparison_zh(text: str, order: random.Random) -> Iterator[Made]:
    m = _COMPARED_ZH.search(text)
    if not m:
        return
    other = {"高于": "低于", "大于": "小于", "多于": "少于", "优于": "劣于"}
    other = {**other, **{v: k for k, v in other.items()}}
    a, b, strength = m["a"], m["b"], m["s"] or ""
    yield f"{b}{strength}{other[m['d']]}{a}。", "supported", "swap"
    yield f"{b}{strength}{m['d']}{a}。", "contradicted", "comparison"


def _certainty(text: str, order: random.Random) -> Iterator[Made]:
    m = _ASSOCIATED.search(text)
    if m:
        verb = order.choice(("causes", "leads to", "is caused by"))
        yield _replaced(m, verb), "unsupported", "cause"
        yield _replaced(m, "showed an association with"), "supported", "paraphrase"
    m = re.search(r"\bmay (\w+)", text)
    if m:
        yield _replaced(m, "has been proven to " + m[1]), "unsupported", "overclaim"
        yield _replaced(m, "might " + m[1]), "supported", "paraphrase"


def _others(text: str, order: random.Random, names: Sequence[str], pattern: str) -> Iterator[Made]:
    found = [m for n in names for m in re.finditer(pattern.format(re.escape(n)), text)]
    if found:
        m = order.choice(found)
        other = order.choice([n for n in names if n not in text] or [names[0]])
        if other != m[0]:
            yield _replaced(m, other), "wrong", "scope"


def _symbols(text: str, symbols: Sequence[str], order: random.Random) -> Iterator[Made]:
    found = list(_SYMBOL.finditer(text))
    if found and len(symbols) > 1:
        m = order.choice(found)
        other = order.choice(symbols)
        if other not in text:
            yield text.replace(m[0], other), "wrong", "entity"


def _shortened_en(text: str, order: random.Random) -> Iterator[Made]:
    without = re.sub(r"\s*\([^()]*\)", "", text)
    if without != text and len(without) > 25:
        yield without, "supported", "weaker"
    clauses = re.split(r"(?:, and|; |, but|, whereas|, while) ", text.rstrip("."))
    whole = [c for c in clauses if len(c.split()) > 5 and re.search(r"\b(?:was|were|is|are|had|has|\w+ed|\w+s)\b", c)]
    if len(clauses) > 1 and whole:
        yield _upper(order.choice(whole)) + ".", "supported", "weaker"


def _shortened_zh(text: str, order: random.Random) -> Iterator[Made]:
    without = re.sub(r"[((][^()()]*[))]", "", text)
    if without != text and len(without) > 10:
        yield without, "supported", "weaker"
    clauses = re.split("[,;,;]", text.rstrip("。"))
    if len(clauses) > 2 and len(clauses[0]) > 7:
        yield ",".join(clauses[: order.randint(1, len(clauses) - 1)]) + "。", "supported", "weaker"


_MAKERS: Mapping[str, Sequence[Callable[[str, random.Random], Iterator[Made]]]] = {
    "en": (
        _numbers,
        partial(_swap, table=_OPPOSITES_EN, words=True),
        _negation_en,
        _comparison_en,
        _certainty,
        partial(_others, names=_SPECIES, pattern=r"\b{}\b"),
        _shortened_en,
    ),
    "zh": (
        _numbers,
        partial(_swap, table=_OPPOSITES_ZH, words=False),
        _negation_zh,
        _comparison_zh,
        partial(_others, names=_SPECIES_ZH, pattern="{}"),
        _shortened_zh,
    ),
}


def _replaced(found: re.Match[str], other: str) -> str:
    """The text in which a match was found, with something else in its place."""
    return found.string[: found.start()] + other + found.string[found.end() :]


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
