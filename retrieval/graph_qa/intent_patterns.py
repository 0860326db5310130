"""Patterns of the intent of a question to the graph, in Chinese and English."""

import re
from collections.abc import Mapping

NAME_FIRST, NAME_LAST = "\ue000", "\uf0ff"
"""Characters that stand in a read question for its names: the first one for the first name, and so on."""


ASKS = re.compile(
    r"哪一?些|哪[几一]?[个种味首条类项位]?|什么|何种|何|多少|几|所有|全部|列出|列举|找出|给出|查找|请列|唯一"
    r"|\b(?:which|what|whose|list|name|find|give|show|enumerate|how many|number of|count(?: of)?)\b"
    r"|\b(?:all(?: of)?(?: the)?|every|any)\b"
)
"""Words behind which stands the kind of thing that is asked for."""

COUNTS = re.compile(
    r"多少(?!的?(?:作用|影响))|(?<!哪)几(?=种|味|个|首|条|篇|项|类)|数量|总数|"
    r"数目|个数|\bhow many\b|\bnumber of\b|\bcount(?: of)?\b"
)
MORE = re.compile(
    r"更多|较多|多于|更少|较少|少于|谁.{0,12}[多少](?!种|味|个|首)|更[多少]|多还是|"
    r"\bmore\b|\bfewer\b|\bless\b|\blarger\b|\bgreater\b|\bsmaller\b|\bhigher\b"
)
MOST = re.compile(
    r"最多|最少|\bmost\b|\bfewest\b|\bleast\b|\blargest\b|\bgreatest\b|\bsmallest\b|\bhighest\b|\bmaximum\b"
)
LEAST = re.compile(
    r"最少|更少|较少|少于|谁.{0,12}少(?!种)|\bfewer\b|\bless\b|\bsmaller\b|\bfewest\b|\bleast\b|\bsmallest\b"
)
RELATED = re.compile(
    r"什么关系|何种关系|有何关系|有关系|关系是|的关系|联系|关联|路径|怎[么样]相连|如何相连|相连的|连接起来|"
    r"\bconnect\w*|\bconnection\b|\blink(?:ed|s)?\b|\brelate[sd]?\b|\brelation(?:ship)?\b|\bpaths?\b"
)
YES_OR_NO = re.compile(
    r"吗|是否|有没有|是不是|含不含|有无|"
    r"^(?:please tell me |tell me |in the graph,? )?(?:whether|if|does|do|did|is|are|has|have|can|was|were)\b|"
    r"\bwhether\b"
)
SHARES = re.compile(
    r"(?<![一总])共[有同享用]|共同|相同|同时|都|均|皆|交集|\bshared?s?\b|"
    r"\bsharing\b|\bcommon\b|\bboth\b|\ball (?:of|three|four)\b|"
    r"\boverlap\w*|\bintersection\b|\btogether\b|\bsame\b|\bas well as\b"
)
EITHER = re.compile(
    r"或者?|任一|任何一[个种味首]|任意一|至少[含有一]|之一|\bor\b|\beither\b|\bat least one\b|\bany of\b|\bunion\b"
)
EACH = re.compile(r"分别|各自|各[含有是由包]|\brespectively\b|\beach\b")
CONTAINS = re.compile(
    r"含有?|包[含括]|组成|构成|由.{1,3}配|用到|用了|配伍|成分|"
    r"\bcontain\w*|\bcompos\w+|\bconsist\w*|\binclud\w+|\bmade (?:of|up|from)\b|\bcompris\w+|\bingredients?\b|\bin\b"
)
NOT_BEFORE = re.compile(
    r"(?:不含有?|没有|无(?!关)|不包[含括]|未含|不用|除了?|除去|排除|去掉|不[与和同跟]|而非|却?不在|不属于|不(?!同|仅|但|只|论)"
    r"|\bnot\b(?: in| with| contain\w*)?|\bwithout\b|\bexcept(?: for)?\b|\bexcluding\b|\bbut no\b|\black(?:s|ing)?\b"
    r"|\bneither\b|\bnor\b|\bother than\b|\bbesides\b|\babsent from\b|\bmissing (?:from|in)\b|\bapart from\b|\bno\b"
    r"|\bdoes(?:n't| not)\b|\bnone of\b)"
)
"""Behind it stands what must not be."""
NOT_AFTER = re.compile(
    r"^\s*(?:[中里内]|这味药|之?中)?\s*(?:却|则|所|并|都)*\s*(?:没有?|不(?!同|仅|但|只|论)|无|缺(?:少|乏)?|未|以外|之外|外)"
    r"|^\s*(?:does not|doesn't|do not|don't|lacks?|has not|hasn't|is without|cannot|is missing|misses)\b"
)
"""In front of it stands what must not be."""
BUT = re.compile(r"但|却|而|[,，;；]|\bbut\b|\band\b|\byet\b|\bwhile\b|\bwhereas\b")
JOINS = re.compile(
    r"^[\s,，、;；]*(?:和|与|及|以及|或|或者|跟|同|and|or|nor|,|、|&|/)?[\s、,，]*(?:the |herb |formula )?$"
)
"""All that stands between names of one list."""
PARENTS = re.compile(r"父|上位|上级|上一级|\bparents?\b|\bbroader\b|\bsuperclass\w*|\bancestors?\b|\bsubtype of what\b")
CHILDREN = re.compile(
    r"子[类项术节条]|下位|下级|下一级|\bchild(?:ren)?\b|\bnarrower\b|"
    r"\bsubclass\w*|\bsubtypes?\b|\bkinds? of\b|\bdescendants?\b"
)
RAISES = re.compile(
    r"提高|升高|增加|增大|上调|促进|加快|增强|\b(?:increas\w*|rais\w+|elevat\w+|enhanc\w+|promot\w+|upregulat\w+|up-regulat\w+|accelerat\w+)\b"
)
LOWERS = re.compile(
    r"降低|减少|减小|下降|下调|抑制|减弱|缩小|减慢|"
    r"\b(?:decreas\w*|reduc\w+|lower\w*|inhibit\w*|suppress\w*|downregulat\w+|down-regulat\w+|slow\w*|diminish\w*)\b"
)
GRAPH = re.compile(r"图谱|知识库中的?关系|\b(?:knowledge |gene |tcm )?graph\b|\bherbiv\b|\bgene ontology\b")
PAPERS = re.compile(
    r"论文|文献|研究(?!对象)|摘要|报道|实验|\b(?:papers?|stud(?:y|ies)|articles?|abstracts?|literature|trials?|experiments?)\b"
)
GRADES: Mapping[str, re.Pattern[str]] = {
    "clinical": re.compile(r"临床(?:研究|证据|试验)|\bclinical(?:ly)?\b"),
    "animal": re.compile(r"动物(?:实验|研究|证据)|\banimal (?:stud\w+|experiment\w*|evidence|data)\b"),
    "in_vitro": re.compile(r"体外|\bin vitro\b"),
    "classical_text": re.compile(r"古籍(?:记载|证据)|\bclassical texts?\b"),
}

ATTRIBUTES: Mapping[str, re.Pattern[str]] = {
    "source": re.compile(
        r"出自|出处|来源于?哪?[本部书]?|哪[本部一]+[书典籍]|哪部|何书|记载|载于|典籍|"
        r"\bsource(?: document| book| text)?\b|\brecorded\b|\bcomes? from\b|"
        r"\bwhich (?:classical )?(?:book|text|work)\b|\boriginat\w+|\brecords?\b"
    ),
    "composition": re.compile(
        r"组成|配方|剂量|用量|配比|药量|多少[钱两克]|\bcomposition\b|\bdos(?:e|es|age|ages|ing)\b|"
        r"\bhow much\b|\bamounts?\b|\bproportions?\b"
    ),
    "indication": re.compile(
        r"主治|治疗什么|适应[证症]|治什么|用于治|治哪|\bindicat\w+|\btreats?\b|\bused for\b|\bused to treat\b"
    ),
    "instructions": re.compile(
        r"用法|服法|服用|怎么[煎服吃用]|如何[煎服用]|制法|\binstructions?\b|"
        r"\btaken\b|\badminister\w*|\bprepared\b|\bpreparation\b"
    ),
    "meridian": re.compile(
        r"归(?:于|入)?(?:什么|哪[些几一]?[条个]?|何)?经|入[哪何什]|经脉|\bmeridians?\b|\bchannels?\b"
    ),
    "properties": re.compile(r"性味|药性|四气|五味|寒热|\bpropert(?:y|ies)\b|\bnature\b|\bflavou?rs?\b|\btastes?\b"),
    "function": re.compile(r"功效|功能|有[什何]么?作用|作用是|\bfunctions?\b|\beffects?\b|\bactions?\b"),
    "toxicity": re.compile(r"毒|\btoxic\w*|\bpoison\w*"),
    "part": re.compile(
        r"药用部[位分]|入药部[位分]|哪个部[位分]|什么部[位分]|\bparts? (?:is|are|of)\b|"
        r"\b(?:which|what) part\b|\bused part\b|\bmedicinal part\b"
    ),
    "clinical_manifestations": re.compile(r"临床表现|\bclinical manifestations?\b"),
    "class": re.compile(r"分类|类别|哪一?类|属于什么类|\bclass(?:ified|ification)?\b|\bcategor\w+"),
    "smiles": re.compile(r"结构式|smiles|分子结构"),
    "definition": re.compile(r"定义|\bdefin\w+"),
    "cas": re.compile(r"\bcas\b(?: ?(?:号|number|no\.?|registry))?"),
    "pubchem": re.compile(r"\bpubchem\b"),
    "drugbank": re.compile(r"\bdrugbank\b"),
    "year": re.compile(r"哪一?年|年份|年代|\bwhich year\b|\bwhat year\b|\bin what year\b|\bwhen was\b"),
    "name:la": re.compile(r"拉丁(?:学?名|文)|学名|\blatin\b|\bscientific name\b"),
    "name:en": re.compile(r"英文名?(?:称|字)?|英语|\benglish name\b"),
    "name:pinyin": re.compile(r"拼音|\bpinyin\b"),
    "name:zh": re.compile(r"中文名?(?:称|字)?|汉语名|\bchinese name\b"),
    "name:symbol": re.compile(r"基因符号|\bgene symbols?\b|\bofficial symbol\b"),
}
"""Words by which readers ask for an attribute, an identifier or a name, by a part of its key."""

FIRM = frozenset(
    """
    source smiles cas pubchem drugbank properties name:la name:en name:pinyin name:zh name:symbol instructions meridian
    toxicity part definition year
    """.split()  # noqa: SIM905
)
"""Attributes whose words hardly mean anything else."""

DOSES = re.compile(r"剂量|用量|药量|多少[钱两克]|\bdos(?:e|es|age|ages|ing)\b|\bhow much\b")
"""Words that only a composition answers."""

SAME_AS: Mapping[str, tuple[str, ...]] = {
    "source": ("recorded_in",),
    "composition": ("formula_has_herb",),
    "indication": ("has_indication", "treats"),
    "function": ("has_effect", "has_function"),
    "meridian": ("belongs_to_meridian", "located_on"),
}
"""Predicates that tell the same as an attribute."""

MEASURES = re.compile(r"[一二两三四五六七八九十几\d]+[味首种个条项类位]|\b(?:one|two|three|four|five)\b")
"""Numbers with their measure words."""

LINKING = frozenset(
    """
    含有 含 包含 包括 组成 构成 来自 来源 提供 标注 标为 属于 用到 使用 同时 共同 相同 唯一 全部 列出 列举 图谱
    知识 知识图谱 请问 药味 共有 一味 味 首 分别 各自 所有 总数 数量 数目 最多 最少 更 多 少 更多 更少 关系 联系
    关联 路径 连接 相连 之间 通过 怎样 如何 出现 记录 收录 里面 方 方中 中 药 查询 找出 给出 告诉 一下 既 又 且 而
    但 不 不含 没有 无 除了 除 以外 之外 外 任一 或者 至少 其他 另外 还有 其余 共 总共 一共 共计 合计 数据库 内 其
    中的 相比 比较 对比 谁 哪味 种类 名称 叫 具有 两者 三者 二者 两味 三味 两种 三种 两个 三个 两首 均 皆 交集 重叠
    直接 存在 需要 想 知道 以及 参与 涉及 位于 定位 功能 基因 人类 人 共用 拥有 用 有 没 组 成分 某 药味数 味数 数
    条 配伍 与 和 常 方子 者 较 较多 较少 相关 对应 记载 特有 独有 而非 contain composed compos consist includ
    include sourc source provid provide found find graph tcm knowledg knowledge list name annot link relat connect
    connection share common togeth together both direct tradit tradition chines belong give show tell pleas how
    mani much number count total everi each respect either least one two three four five most fewest more fewer
    less larger largest greater compar than but except exclud without lack neither nor other besid apart howev
    absent miss accord databas record know present appear use herbiv relationship path exist whether set among
    within also via way medicin human gene particip involv locat play part carri made make up simultan exact onli
    it they none as well
    take taken took role annotated annotation associ involv involved correspond whole entire
    """.split()  # noqa: SIM905
)
"""Search words that link names and kinds, and ask for nothing else."""
