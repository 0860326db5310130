"""Characters of the Symbol and Wingdings fonts as Unicode; Unicode's own tables are the source."""

_FIRST = 0x20
_PRIVATE = 0xF000
_FONTS = {
    "symbol": (
        " !∀#∃%&∍()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_"
        "‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}~"
        + " "
        * 33
        + "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓"
        "◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\uf8ff〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"
    ),
    "wingdings": (
        " 🖉✂✁👓🕭🕮🕯🕿✆🖂🖃📪📫📬📭🗀🗁🗎🗏🗐🗄⌛🖮🖰🖲🖳🖴🖫🖬✇✍🖎✌🖏👍👎☜☞☝☟🖐☺😐☹💣🕱🏳🏱✈☼🌢❄🕆✞🕈✠✡☪☯🕉☸♈♉"
        "♊♋♌♍♎♏♐♑♒♓🙰🙵⚫🔾◼🞏🞐❑❒🞟⧫◆❖⬩⌧⮹⌘🏵🏶🙶🙷▯🄋➀➁➂➃➄➅➆➇➈➉🄌➊➋➌➍➎➏➐➑➒➓🙢🙠🙡🙣🙞🙜🙝🙟∙•"
        "⬝⭘🞆🞈🞊🞋🔿▪🞎🟁🟅★🟋🟏🟓🟑⯐⌖⯎⯏⯑✪✰🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛⮰⮱⮲⮳⮴⮵⮶⮷🙪🙫🙕🙔🙗🙖🙐🙑🙒🙓⌫⌦⮘⮚⮙⮛⮈⮊⮉⮋🡨"
        "🡪🡩🡫🡬🡭🡯🡮🡸🡺🡹🡻🡼🡽🡿🡾⇦⇨⇧⇩⬄⇳⬁⬀⬃⬂🢬🢭🗶✓🗷🗹 "
    ),
}


def symbol(font: str, code: int) -> str:
    """The character with this code in a font of symbols; the code itself as Unicode in another font."""
    code -= _PRIVATE if _PRIVATE <= code < _PRIVATE + 256 else 0
    table = _FONTS.get(font.lower())
    if table is not None and _FIRST <= code < _FIRST + len(table):
        return table[code - _FIRST]
    return chr(code) if _FIRST <= code < 0x110000 and not 0xD800 <= code < 0xE000 else ""


def in_symbols(font: str, text: str) -> str:
    """A text that is set in a font: letters and private characters of a font of symbols as what they show."""
    if font.lower() in _FONTS:
        return "".join(symbol(font, ord(c)) if c.isascii() or _is_private(c) else c for c in text)
    return "".join(symbol("symbol", ord(c)) if _is_private(c) else c for c in text) if not text.isascii() else text


def _is_private(character: str) -> bool:
    return _PRIVATE <= ord(character) < _PRIVATE + 256
