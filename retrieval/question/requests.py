"""What a question is about, without what it says of the request and of the library.

"List the papers in this collection that deal with aquaporins, with each paper's main finding" is about aquaporins; its
other words stand in any paper, and those that stand in few pull what has nothing to do with the subject.
"""

import re
from functools import lru_cache

from retrieval.text.words import words

_WORKS = r"(?:papers?|stud(?:y|ies)|articles?|abstracts?|publications?|reviews?|references?|documents?)"
_LIBRARY = r"(?:collection|library|corpus|database|knowledge base|archive|literature|(?:set|body) of \w+)"
_PLACE = (
    rf"(?:(?:in|within|from|across|of|according to) (?:(?:this|our|your) (?:\w+ )?{_LIBRARY}"
    rf"|the {_LIBRARY}(?=\s*(?:[,.;:?!]|$|that\b)))"
    rf"|(?:among|in|from|across|of|according to) (?:these|our|your) {_WORKS}"
    r"|(?:collected|included|gathered|indexed|available|held|listed)? ?here)"
)
_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|some|all|any|a few|as many as you can)"
_COMMAND = r"(?:list|name|summari[sz]e|enumerate|give|cite|identify|compile|collect|outline|mention|provide|state)"
_PART = r"(?:argument|finding|conclusion|result|message|claim|point|outcome|reference|source|citation)s?"
_LEADS = r"(?:that|which|who|on|about|concerning|regarding|covering|of|dealing with|deal with|concern|examine|discuss)"
_SAYS = r"(?:argue|say|show|report|find|suggest|conclude|claim|state|describe)s?"
_EACH = rf"(?:for each(?: of them| one| {_WORKS}| point)?|of each(?: of them| one)?|in each case)"

_ENGLISH = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"[,;.?]?\s*\b(?:{_COMMAND}|with|and|along with|together with|including)\s+"
        rf"(?:(?:the|their|its|each|every|a|one)\s+)*(?:{_WORKS}['’]?s?['’]?\s+)?(?:(?:main|key|central|principal)\s+)*"
        rf"(?:{_PART}|{_WORKS})(?:\s+{_EACH})?\s*[.?!]?\s*$",
        rf"(?<=[.?!;])\s*{_COMMAND} (?:me )?(?:at least |up to )?{_NUMBER}(?: of (?:them|these|those))?\b"
        rf"(?: with (?:their|its) (?:main |key )?{_PART})?",
        rf"^\s*(?:please |kindly |can you |could you )*{_COMMAND}\b(?: me| us)?(?: (?:at least|up to))?(?: {_NUMBER})?"
        rf"(?: (?:all|the|of the|different|various))*(?: {_WORKS})?(?: {_PLACE})?(?: (?:{_LEADS}|{_SAYS})\b)*",
        rf"^\s*(?:which|what)(?: of the)? {_WORKS}(?: {_PLACE})?(?: (?:have|has|did))?(?: (?:{_LEADS}|{_SAYS})\b)*",
        rf"^\s*what (?:do|does|did) (?:the |these |any )?{_WORKS} {_PLACE} (?:{_SAYS}|hold)(?: (?:{_LEADS}))?\b",
        rf"^\s*what (?:does|do|has|have) (?:this|the|our|your) {_LIBRARY} (?:hold|have|say|tell|contain|report)"
        rf"(?: {_LEADS})?\b",
        rf"\b(?:the |these |any )?{_WORKS} {_PLACE}(?: (?:{_LEADS}|{_SAYS})\b)*",
        rf"\b(?:(?:appear|occur|exist)s?|(?:is|are) (?:described|reported|found|covered|given)) {_PLACE}",
        rf"\b{_PLACE}",
    )
)

_NUMERAL = r"(?:[一二三四五六七八九十两几多数]+|\d+)"
_COUNTED = rf"(?:至少|最多)?{_NUMERAL}(?:项|个|种|篇|条|例|类|点)"
_HAN_COMMAND = r"(?:列出|列举|总结|概括|归纳|概述|说出|给出|举出|罗列|汇总|梳理|盘点|指出)"
_HAN_WORKS = r"(?:论文|文献|文章|摘要|研究报告)"
_HAN_PART = r"(?:结论|发现|结果|论点|观点|出处|来源|文献|论文|模型|方法)"
_HAN_LIBRARY = r"(?:(?:论文|文献|资料|知识|语料|数据)库|文库|馆藏|(?:本|该|这个|我们的)(?:库|合集|文集))"

_CHINESE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[,，。;；?？、]?\s*+(?:并|请|并请)?(?:分别)?{_HAN_COMMAND}(?:其中)?(?:的)?(?:{_COUNTED})?"
        rf"(?:以及|及|并|和|与)?(?:其|它们的|各自的?|每[篇项个种](?:研究|论文)?的?)?(?:主要|关键|核心)?(?:{_HAN_PART})?"
        r"\s*[。.!！?？]?\s*$",
        rf"^\s*请?(?:你|您)?(?:帮我|为我)?(?:分别)?{_HAN_COMMAND}(?:一下)?(?:所有|全部)?(?:{_COUNTED})?",
        rf"(?:在)?(?:本|该|这个|我们的)?{_HAN_LIBRARY}(?:里面|当中|里|中|内)?(?:的)?(?:有哪些|哪些|有什么)?(?:相关)?(?:{_HAN_WORKS})?",
        rf"(?:有哪些|哪些|哪几篇)(?:相关)?{_HAN_WORKS}",
    )
)


@lru_cache(maxsize=1024)
def subject_of(question: str) -> str:
    """The question without its request; all of it where nothing else is left."""
    rest = question
    for pattern in (*_ENGLISH, *_CHINESE):
        rest = pattern.sub(" ", rest)
    rest = " ".join(rest.split())
    return rest if words(rest) else question
