"""Questions over HerbiV in both languages, each with its gold as a function of the tables."""

from eval.graph.gold import Gold, GraphQuestion, compared, counted, each, listed, most, says_no, says_yes, told
from eval.graph.tables import Found, Tables, either, less, onward, shared

_Q = GraphQuestion


def _in(tables: Tables, formula: str) -> Found:
    return tables.beside(tables.ids(formula, "Formula"), "Herb")


def _with(tables: Tables, herb: str) -> Found:
    return tables.beside(tables.ids(herb, "Herb"), "Formula")


def _of(tables: Tables, herb: str) -> Found:
    return tables.beside(tables.ids(herb, "Herb"), "Compound")


def _holding(tables: Tables, compound: str) -> Found:
    return tables.beside(tables.ids(compound, "Compound"), "Herb")


def _beyond(tables: Tables, formula: str, compound: str) -> Found:
    """The compound, by the herbs of the formula that hold it."""
    wanted = tables.ids(compound, "Compound")
    return {i: t for i, t in onward(tables, _in(tables, formula), "Compound").items() if i in wanted}


def _held(tables: Tables, herb: str, compound: str) -> Found:
    wanted = tables.ids(compound, "Compound")
    return {i: t for i, t in _of(tables, herb).items() if i in wanted}


def _hops(tables: Tables, formula: str, compound: str) -> Gold:
    return Gold(frozenset().union(*_beyond(tables, formula, compound).values()))


QUESTIONS = (
    _Q("h01", "玉屏风散出自哪本书？", "zh", "attribute", lambda t: told(t, t.ids("玉屏风散"), "source")),
    _Q("h02", "归脾汤的组成和剂量是怎样的？", "zh", "attribute", lambda t: told(t, t.ids("归脾汤"), "composition")),
    _Q(
        "h03",
        "What are the properties of Ren Shen?",
        "en",
        "attribute",
        lambda t: told(t, t.ids("REN SHEN"), "properties"),
    ),
    _Q("h04", "川芎歸什麼經？", "zh", "attribute", lambda t: told(t, t.ids("川芎"), "meridians")),
    _Q("h05", "丹参的拉丁学名是什么？", "zh", "attribute", lambda t: told(t, t.ids("丹参"), "latin")),
    _Q("h06", "What is the CAS number of gastrodin?", "en", "attribute", lambda t: told(t, t.ids("gastrodin"), "cas")),
    _Q("h07", "栀子的药用部位是什么？", "zh", "attribute", lambda t: told(t, t.ids("栀子"), "part")),
    _Q(
        "h08",
        "From which book does the formula 天麻钩藤饮 come?",
        "en",
        "attribute",
        lambda t: told(t, t.ids("天麻钩藤饮"), "source"),
    ),
    _Q("h09", "哪些中药含有 gastrodin？", "zh", "neighbours", lambda t: listed(_holding(t, "gastrodin"))),
    _Q("h10", "血府逐瘀汤由哪些药物组成？", "zh", "neighbours", lambda t: listed(_in(t, "血府逐瘀汤"))),
    _Q(
        "h11", "Which herbs make up the formula 独活寄生汤?", "en", "neighbours", lambda t: listed(_in(t, "独活寄生汤"))
    ),
    _Q("h12", "請列出含有鉤藤的方劑。", "zh", "neighbours", lambda t: listed(_with(t, "钩藤"))),
    _Q("h13", "What compounds does Tian Ma contain?", "en", "neighbours", lambda t: listed(_of(t, "TIAN MA"))),
    _Q(
        "h14",
        "Radix Puerariae contains which chemical constituents?",
        "en",
        "neighbours",
        lambda t: listed(_of(t, "Radix Puerariae")),
    ),
    _Q("h15", "镇肝熄风汤里用了哪几味药？", "zh", "neighbours", lambda t: listed(_in(t, "镇肝熄风汤"))),
    _Q("h16", "天麻钩藤饮包含什么？", "zh", "neighbours", lambda t: listed(_in(t, "天麻钩藤饮"))),
    _Q(
        "h17",
        "List the herbs that contain geniposide.",
        "en",
        "neighbours",
        lambda t: listed(_holding(t, "geniposide")),
    ),
    _Q("h18", "ferulic acid 存在于哪些药材中？", "zh", "neighbours", lambda t: listed(_holding(t, "ferulic acid"))),
    _Q(
        "h19",
        "黄芪和当归共同含有的化合物有哪些？",
        "zh",
        "shared",
        lambda t: listed(shared(_of(t, "黄芪"), _of(t, "当归"))),
    ),
    _Q(
        "h20",
        "Which compounds do Chuan Xiong and Dang Gui have in common?",
        "en",
        "shared",
        lambda t: listed(shared(_of(t, "CHUAN XIONG"), _of(t, "DANG GUI"))),
    ),
    _Q(
        "h21",
        "同时用到天麻和钩藤的方剂有哪些？",
        "zh",
        "shared",
        lambda t: listed(shared(_with(t, "天麻"), _with(t, "钩藤"))),
    ),
    _Q(
        "h22",
        "血府逐瘀汤和通窍活血汤有哪几味相同的药？",
        "zh",
        "shared",
        lambda t: listed(shared(_in(t, "血府逐瘀汤"), _in(t, "通窍活血汤"))),
    ),
    _Q(
        "h23",
        "Which formulas contain both Dan Shen and Chuan Xiong?",
        "en",
        "shared",
        lambda t: listed(shared(_with(t, "DAN SHEN"), _with(t, "CHUAN XIONG"))),
    ),
    _Q(
        "h24",
        "丹参、川芎、当归三味药都含有的成分是什么？",
        "zh",
        "three",
        lambda t: listed(shared(_of(t, "丹参"), _of(t, "川芎"), _of(t, "当归"))),
    ),
    _Q(
        "h25",
        "哪些方子同时含有天麻、钩藤和甘草？",
        "zh",
        "three",
        lambda t: listed(shared(_with(t, "天麻"), _with(t, "钩藤"), _with(t, "甘草"))),
    ),
    _Q(
        "h26",
        "Which formulas contain all of Ren Shen, Bai Zhu and Tian Ma?",
        "en",
        "three",
        lambda t: listed(shared(_with(t, "REN SHEN"), _with(t, "BAI ZHU"), _with(t, "TIAN MA"))),
    ),
    _Q(
        "h27",
        "What compounds are found in Huang Qi, Dan Shen and Ge Gen alike?",
        "en",
        "three",
        lambda t: listed(shared(_of(t, "HUANG QI"), _of(t, "DAN SHEN"), _of(t, "GE GEN"))),
    ),
    _Q(
        "h28",
        "天麻含有而钩藤不含的化合物有哪些？",
        "zh",
        "difference",
        lambda t: listed(less(_of(t, "天麻"), _of(t, "钩藤"))),
    ),
    _Q(
        "h29",
        "Which herbs are in 血府逐瘀汤 but not in 通窍活血汤?",
        "en",
        "difference",
        lambda t: listed(less(_in(t, "血府逐瘀汤"), _in(t, "通窍活血汤"))),
    ),
    _Q(
        "h30",
        "含有钩藤但不含天麻的方剂有哪些？",
        "zh",
        "difference",
        lambda t: listed(less(_with(t, "钩藤"), _with(t, "天麻"))),
    ),
    _Q(
        "h31",
        "Which formulas use Dan Shen without Dang Gui?",
        "en",
        "difference",
        lambda t: listed(less(_with(t, "DAN SHEN"), _with(t, "DANG GUI"))),
    ),
    _Q(
        "h32",
        "除了天麻，还有哪些中药含有 gastrodin？",
        "zh",
        "difference",
        lambda t: listed(less(_holding(t, "gastrodin"), t.ids("天麻"))),
    ),
    _Q(
        "h33",
        "What compounds does Tian Ma contain that Dan Shen does not?",
        "en",
        "difference",
        lambda t: listed(less(_of(t, "TIAN MA"), _of(t, "DAN SHEN"))),
    ),
    _Q("h34", "有多少首方剂含有丹参？", "zh", "count", lambda t: counted(_with(t, "丹参"))),
    _Q("h35", "How many compounds are recorded for Zhi Zi?", "en", "count", lambda t: counted(_of(t, "ZHI ZI"))),
    _Q("h36", "独活寄生汤一共有几味药？", "zh", "count", lambda t: counted(_in(t, "独活寄生汤"))),
    _Q(
        "h37",
        "In how many formulas do 黄芪 and 当归 occur together?",
        "en",
        "count",
        lambda t: counted(shared(_with(t, "黄芪"), _with(t, "当归"))),
    ),
    _Q(
        "h38",
        "不含甘草、但含钩藤的方剂有多少个？",
        "zh",
        "count",
        lambda t: counted(less(_with(t, "钩藤"), _with(t, "甘草"))),
    ),
    _Q(
        "h39",
        "天麻和葛根各含多少种化合物？",
        "zh",
        "count",
        lambda t: Gold(
            counted(either(_of(t, "天麻"), _of(t, "葛根"))).triples,
            texts=(str(len(_of(t, "天麻"))), str(len(_of(t, "葛根")))),
        ),
    ),
    _Q("h40", "天麻钩藤饮与 gastrodin 之间有什么联系？", "zh", "path", lambda t: _hops(t, "天麻钩藤饮", "gastrodin")),
    _Q("h41", "How is 血府逐瘀汤 connected to amygdalin?", "en", "path", lambda t: _hops(t, "血府逐瘀汤", "amygdalin")),
    _Q(
        "h42",
        "丹参和葛根，哪个含有的化合物更多？",
        "zh",
        "compare",
        lambda t: compared(t, ("丹参", _of(t, "丹参")), ("葛根", _of(t, "葛根"))),
    ),
    _Q(
        "h43",
        "Which has more herbs, 独活寄生汤 or 归脾汤?",
        "en",
        "compare",
        lambda t: compared(t, ("独活寄生汤", _in(t, "独活寄生汤")), ("归脾汤", _in(t, "归脾汤"))),
    ),
    _Q(
        "h44",
        "Is Dan Shen or Gou Teng contained in more formulas?",
        "en",
        "compare",
        lambda t: compared(t, ("Dan Shen", _with(t, "DAN SHEN")), ("Gou Teng", _with(t, "GOU TENG"))),
    ),
    _Q("h45", "天麻含有 gastrodin 吗？", "zh", "yes_no", lambda t: says_yes(_held(t, "天麻", "gastrodin"))),
    _Q("h46", "Does Huang Qi contain gastrodin?", "en", "yes_no", lambda t: says_no(_held(t, "HUANG QI", "gastrodin"))),
    _Q(
        "h47",
        "甘草是不是血府逐瘀汤的组成药物？",
        "zh",
        "yes_no",
        lambda t: says_yes({i: f for i, f in _in(t, "血府逐瘀汤").items() if i in t.ids("甘草")}),
    ),
    _Q(
        "h48",
        "Is Ren Shen part of the formula 天麻钩藤饮?",
        "en",
        "yes_no",
        lambda t: says_no({i: f for i, f in _in(t, "天麻钩藤饮").items() if i in t.ids("REN SHEN")}),
    ),
    _Q(
        "h49",
        "天麻钩藤饮是否含有 geniposide？",
        "zh",
        "yes_no",
        lambda t: says_yes(_beyond(t, "天麻钩藤饮", "geniposide")),
    ),
    _Q(
        "h50",
        "同时含天麻和钩藤的方剂中，哪一首药味最多？",
        "zh",
        "most",
        lambda t: most(t, shared(_with(t, "天麻"), _with(t, "钩藤")), "Herb"),
    ),
    _Q(
        "h51",
        "Which herb of 天麻钩藤饮 has the most compounds?",
        "en",
        "most",
        lambda t: most(t, _in(t, "天麻钩藤饮"), "Compound"),
    ),
    _Q(
        "h52",
        "Among the formulas that contain Gou Teng, which has the most herbs?",
        "en",
        "most",
        lambda t: most(t, _with(t, "GOU TENG"), "Herb"),
    ),
    _Q(
        "h53",
        "哪些方剂含有能提供 gastrodin 的中药？",
        "zh",
        "two_hop",
        lambda t: listed(onward(t, _holding(t, "gastrodin"), "Formula")),
    ),
    _Q(
        "h54",
        "天麻钩藤饮中哪些中药含有 geniposide？",
        "zh",
        "two_hop",
        lambda t: listed(shared(_in(t, "天麻钩藤饮"), _holding(t, "geniposide"))),
    ),
    _Q(
        "h55",
        "Which formulas include a herb that contains rhynchophylline?",
        "en",
        "two_hop",
        lambda t: listed(onward(t, _holding(t, "rhynchophylline"), "Formula")),
    ),
    _Q(
        "h56",
        "Through which herbs does 血府逐瘀汤 contain ferulic acid?",
        "en",
        "two_hop",
        lambda t: listed(shared(_in(t, "血府逐瘀汤"), _holding(t, "ferulic acid"))),
    ),
    _Q(
        "h57",
        "血府逐瘀汤中分别有哪些药含有 ferulic acid、amygdalin 和 paeoniflorin？",
        "zh",
        "each",
        lambda t: each(
            *(shared(_in(t, "血府逐瘀汤"), _holding(t, c)) for c in ("ferulic acid", "amygdalin", "paeoniflorin"))
        ),
    ),
    _Q(
        "h58",
        "List the herbs of 归脾汤 and of 玉屏风散 respectively.",
        "en",
        "each",
        lambda t: each(_in(t, "归脾汤"), _in(t, "玉屏风散")),
    ),
    _Q(
        "h59",
        "含有天麻或钩藤的方剂一共有多少首？",
        "zh",
        "union",
        lambda t: counted(either(_with(t, "天麻"), _with(t, "钩藤"))),
    ),
    _Q(
        "h60",
        "Which herbs contain gastrodin or geniposide?",
        "en",
        "union",
        lambda t: listed(either(_holding(t, "gastrodin"), _holding(t, "geniposide"))),
    ),
)
