"""The main text of a page, told by the roles that HTML marks and by how much of a part are links."""

from dataclasses import dataclass

from selectolax.lexbor import LexborNode

BESIDE = (
    "nav,footer,aside:not([role^=doc-]),dialog,[role=navigation],[role=contentinfo],[role=complementary],[role=search],"
    "[role=menu],[role=menubar],[role=dialog],[role=alertdialog],[role=comment],[itemprop=comment]"
)
"""Elements that are marked as no main text."""
_MAINS = (("main,[role=main]", 0.25), ("article,[role=article]", 0.5))
"""Marks of main text, and the share of the page that elements with them have to hold."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_CONTAINERS = "div,section,header,menu,ul,ol,dl"
_LINKS, _LINKED, _LONGEST_LINK = 3, 0.8, 100
_MOST_FIXED = 0.3


@dataclass(slots=True)
class _Weight:
    """What an element holds outside headings: characters, those of them in links, links; and titles or tables."""

    text: int = 0
    linked: int = 0
    links: int = 0
    titles: int = 0

    def add(self, other: "_Weight") -> None:
        self.text += other.text
        self.linked += other.linked
        self.links += other.links
        self.titles += other.titles

    @property
    def is_menu(self) -> bool:
        """Whether it is links almost alone, of a few words each; references that are links are longer."""
        return (
            self.links >= _LINKS
            and self.linked >= _LINKED * self.text
            and self.linked < _LONGEST_LINK * self.links
            and not self.titles
        )


def main_parts(body: LexborNode) -> tuple[list[LexborNode], dict[str, str]]:
    """The elements that hold the main text, and the texts beside it by what they are.

    Elements marked as main text hold it where they have much of the page, else all that is no menu does. What is left
    out is taken out of the page.
    """
    fixed = outermost(body, "[data-place=fixed]")
    if sum(map(size, fixed)) >= _MOST_FIXED * size(body):
        fixed = []
    beside = {"text of boxes fixed to the window": _taken(fixed)}
    beside["text of articles beside the main one"] = _taken(_lesser_articles(body))
    whole = size(body)
    for marks, share in _MAINS:
        marked = outermost(body, marks)
        if marked and sum(map(size, marked)) >= share * whole:
            return marked, beside
    beside["text of menus and lists of links"] = _taken(_menus(body))
    return [body], beside


def size(node: LexborNode) -> int:
    """How many characters an element has, blanks left out."""
    return len("".join(node.text(deep=True).split()))


def outermost(root: LexborNode, selector: str) -> list[LexborNode]:
    """The elements that a selector finds, without those inside others of them."""
    found: list[LexborNode] = []
    inside: set[int] = set()
    for node in root.css(selector):
        if node.mem_id not in inside:
            found.append(node)
            inside.update(child.mem_id for child in node.css(selector))
    return found


def _taken(nodes: list[LexborNode]) -> str:
    """The text of elements that are taken out of the page."""
    text = " ".join(" ".join(node.text(deep=True, separator=" ").split()) for node in nodes)
    for node in nodes:
        node.decompose()
    return text


def _lesser_articles(body: LexborNode) -> list[LexborNode]:
    """Short articles without headings, or with headings two levels below those of another."""
    articles = outermost(body, "article,[role=article]")
    levels = [min((int((h.tag or "h9")[1]) for h in a.css(",".join(_HEADINGS))), default=9) for a in articles]
    sizes = [*map(size, articles)]
    best, longest = min(levels, default=9), max(sizes, default=0)
    return [
        article
        for article, level, length in zip(articles, levels, sizes, strict=True)
        if level > best + 1 and length < longest / 2
    ]


def _menus(body: LexborNode) -> list[LexborNode]:
    """Lists and boxes of links, unless they are half of the page or more."""
    weights = _weights(body)
    menus: list[LexborNode] = []
    inside: set[int] = set()
    for node in body.css(_CONTAINERS):
        if node.mem_id not in inside and weights[node.mem_id].is_menu:
            menus.append(node)
            inside.update(child.mem_id for child in node.css(_CONTAINERS))
    return menus if 2 * sum(weights[node.mem_id].text for node in menus) < weights[body.mem_id].text else []


def _weights(root: LexborNode) -> dict[int, _Weight]:
    """The weight of each element by its id in memory."""
    weights = {root.mem_id: _Weight()}
    held: list[tuple[_Weight, _Weight]] = []
    open_ = [(root, "")]
    while open_:
        node, place = open_.pop()
        own = weights[node.mem_id]
        child = node.child
        while child is not None:
            tag = child.tag or ""
            if tag == "-text" and place != "heading":
                length = len("".join((child.text_content or "").split()))
                own.text += length
                own.linked += length if place == "link" else 0
            elif not tag.startswith(("-", "_", "!")):
                is_link = tag == "a" and "href" in child.attributes and place != "heading"
                weight = weights[child.mem_id] = _Weight(links=int(is_link), titles=int(tag in {"h1", "table"}))
                held.append((weight, own))
                open_.append((child, "heading" if tag in _HEADINGS else "link" if is_link else place))
            child = child.next
    for weight, around in reversed(held):
        around.add(weight)
    return weights
