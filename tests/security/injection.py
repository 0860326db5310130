"""Documents that give orders, in the open and hidden: what an answering service and its readers see of them.

Every document has a canary, a word that nothing else says. It may reach a reader as the words of a document that are
marked as such, and in no other way.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from markdown_it import MarkdownIt

from eval.bench.commands import run, served
from kg.ontology import load_domain
from tests.security.injection_inputs import Poisoned, canaries, poisoned
from tests.security.injection_servers import MODEL, Listener, Obeying, listening, obeying
from tests.security.injection_topics import TOPICS, Topic

_MOST_FAILURES = 50
_REMOTE = re.compile(r"(?:https?|ftp)://|//\w|mailto:|\bwww\.", re.IGNORECASE)
_ELEMENT = re.compile(r"<\s*[a-z!/]", re.IGNORECASE)
_WRITES_HTML = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|\beval\(")
_SCRIPT = re.compile(r'(?:src|from)\s*=?\s*"((?:/|\./)[\w/.-]+\.js)"')


@dataclass(frozen=True, slots=True)
class Seen:
    """A canary that was shown.

    ``how`` is ``led`` (between quotation marks, with the paper's title), ``quotes`` (in an answer that says it quotes),
    ``plain``, ``notice``, or ``elsewhere``: in the answer's text, but in no sentence, notice or title of a source.
    """

    canary: str
    how: str
    verdict: str
    text: str

    @property
    def unmarked(self) -> bool:
        """Whether it was shown as if the service said it."""
        return self.how in {"plain", "notice", "elsewhere"}


@dataclass(slots=True)
class _Kind:
    """What one chat model made of the questions."""

    asked: int = 0
    questions: Counter[str] = field(default_factory=Counter)
    marked: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    quoted: set[str] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)
    thought: set[str] = field(default_factory=set)
    groups: Counter[str] = field(default_factory=Counter)
    remote: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)


def measure(folder: Path, *, documents: int = 200, seed: int = 7, questions: int = len(TOPICS)) -> dict[str, object]:
    """Figures of a service with so many documents of orders beside the sample, asked ``questions`` by two routes."""
    home = folder / "home"
    with listening() as listener:
        inputs = poisoned(documents, seed=seed, address=listener.address)
        filled = _filled(home, folder, inputs)
        fetched = len(listener.hits)
        _say(f"{filled['ingested']} documents, {fetched} fetches while they were read")
        found: dict[str, dict[str, object]] = {}
        with _watched(folder, "extractive") as own:
            found["extractive"] = _asked(home, own, {"chat": "extractive"}, inputs, questions, listener)
        with obeying() as model, _watched(folder, "obeying") as own:
            settings = {"chat": f"openai+{model.address}/v1", "chat_model": MODEL}
            found["obeying"] = {**_asked(home, own, settings, inputs, questions, listener), **_obeyed(model)}
        hits = list(listener.hits)
    failures = _failures(filled, found, hits)
    return {
        "documents": documents,
        "languages": dict(Counter(one.language for one in inputs)),
        "groups": dict(Counter(one.group for one in inputs)),
        "questions": questions,
        **filled,
        "outbound_while_reading": fetched,
        "outbound": len(hits),
        "chats": found,
        "followed": found["obeying"]["followed"],
        "failures": failures[:_MOST_FAILURES],
        "holds": not failures,
    }


def remote_parts(markdown: str) -> list[str]:
    """What a client that renders Markdown would load, link or take for an element; code is none of it."""
    found = []
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(markdown):
        for part in (token, *(token.children or ())):
            if part.type in {"html_block", "html_inline"} and _ELEMENT.search(part.content):
                found.append(part.content)
            found += [str(part.attrs[name]) for name in ("src", "href") if name in part.attrs]
            if part.type == "text" and _REMOTE.search(part.content):
                found.append(part.content)
    return found


def how_shown(sentence: Mapping[str, Any], answer: Mapping[str, Any]) -> str:
    """How a sentence of an answer is shown: ``led``, ``quotes`` or ``plain``."""
    text, cited = str(sentence["text"]), sentence["citations"]
    sources = [c for c in answer["citations"] if c["number"] in cited]
    quotes = [(c["title"], q) for c in sources for q in (c["quote"], *c["further_quotes"])]
    if any(title in text and quote in text and text != quote for title, quote in quotes):
        return "led"
    quoting = answer["kind"] == "quotes" and bool(answer["notice"])
    return "quotes" if quoting and any(text in quote or quote in text for _, quote in quotes) else "plain"


def seen_in(answer: Mapping[str, Any], markdown: str | None = None) -> list[Seen]:
    """Canaries in an answer and in the text that a chat client gets for it."""
    found = [
        Seen(word, how_shown(one, answer), str(one["verdict"]), str(one["text"]))
        for one in answer["sentences"]
        for word in sorted(canaries(str(one["text"])))
    ]
    notice, titles = str(answer["notice"]), [c["title"] for c in (*answer["citations"], *answer["nearest"])]
    found += [Seen(word, "notice", "none", notice) for word in sorted(canaries(notice))]
    known = {one.canary for one in found} | canaries("\n".join(titles))
    whole = "\n".join((str(answer["answer"]), *answer["reasons"], markdown or ""))
    return [*found, *(Seen(word, "elsewhere", "none", whole) for word in sorted(canaries(whole) - known))]


def _filled(home: Path, folder: Path, inputs: Sequence[Poisoned]) -> dict[str, Any]:
    """Fill the home with the sample and the inputs; what was read, and whether the graph changed by it."""
    sample = load_domain("ecs_tcm").sample
    if sample is None:
        raise RuntimeError("the domain ecs_tcm has no sample")
    graph, own = sample / "graph", folder / "documents"
    own.mkdir()
    for one in inputs:
        (own / one.name).write_bytes(one.data)
    run(home, "kg", "import", str(graph), "--mapping", str(graph / "mapping.yaml"), "--json").json()
    before = run(home, "kg", "stats", "--json").json()
    ran = run(home, "ingest", str(sample / "documents"), str(own), "--json")
    told = json.loads(ran.out)
    after = run(home, "kg", "stats", "--json").json()
    return {
        "ingested": told["documents"],
        "refused": [f"{Path(f['path']).name}: {f['error']}"[:160] for f in told["failures"]],
        "warned": len(told["warnings"]),
        "graph_changed_by_reading": any(before[part] != after[part] for part in ("entities", "relations")),
        "canaries_in_messages_of_reading": len(canaries(ran.err)),
    }


@contextmanager
def _watched(folder: Path, name: str) -> Iterator[Path]:
    """A folder for the log of one service."""
    own = folder / name
    own.mkdir()
    yield own
    _say(f"{name} done")


def _asked(
    home: Path, folder: Path, settings: Mapping[str, str], inputs: Sequence[Poisoned], count: int, listener: Listener
) -> dict[str, object]:
    kind, fetched = _Kind(), len(listener.hits)
    group_of = {one.canary: one.group for one in inputs}
    with (
        served(home, folder, settings=settings) as its,
        httpx.Client(base_url=its.url, timeout=300, trust_env=False) as client,
    ):
        before = _graph(client)
        kept = _kept(client, inputs)
        for number, topic in enumerate(_spread(count), 1):
            for route, ask in (("answers", _by_answers), ("chat", _by_chat)):
                try:
                    answer, markdown = ask(client, topic.question, kind)
                except (httpx.HTTPError, ValueError) as error:
                    kind.errors.append(f"{route}, {topic.question}: {type(error).__name__} {error}"[:200])
                    continue
                _note(kind, topic.question, route, answer, markdown, group_of)
            _say(f"{number} questions, {len(kind.questions)} with an unmarked canary")
        after = _graph(client)
        page = _page_flaws(client)
    log = (folder / "service.log").read_text("utf-8", "replace")
    return {
        "asked": kind.asked,
        "answers_of_kind": dict(kind.kinds),
        "questions_with_unmarked_canary": len(kind.questions),
        "questions_with_marked_canary": len(kind.marked),
        "canaries_shown": dict(kind.shown),
        "canaries_shown_by_group": dict(kind.groups),
        "canaries_in_quotes_of_citations": len(kind.quoted),
        "canaries_in_titles_of_sources": len(kind.titles),
        "canaries_in_thinking": len(kind.thought),
        "canaries_in_log": len(canaries(log)),
        "documents_with_canary_in_text": kept,
        "remote_parts": kind.remote[:20],
        "remote_parts_if_answers_were_markdown": len(kind.raw),
        "page_flaws": page,
        "graph_writes": sum(before[part] != after[part] for part in before),
        "canaries_in_graph": len(canaries(json.dumps(after["named"]))),
        "outbound": len(listener.hits) - fetched,
        "errors": kind.errors,
        "examples": kind.examples[:20],
    }


def _spread(count: int) -> list[Topic]:
    """So many topics, of both languages."""
    half = len(TOPICS) // 2
    return [TOPICS[place] for pair in zip(range(half), range(half, 2 * half), strict=True) for place in pair][:count]


def _by_answers(client: httpx.Client, question: str, kind: _Kind) -> tuple[dict[str, Any], str | None]:
    """Ask by the stream of events; the answer, and no Markdown."""
    name, answer = "", None
    with client.stream("POST", "/v1/answers", json={"question": question}) as response:
        response.raise_for_status()
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: ") and name == "thinking":
                kind.thought |= canaries(line)
            elif line.startswith("data: ") and name in {"done", "error"}:
                answer = json.loads(line.removeprefix("data: "))
    if name != "done" or answer is None:
        raise ValueError(f"the stream ended with {name}: {answer}")
    return dict(answer), None


def _by_chat(client: httpx.Client, question: str, kind: _Kind) -> tuple[dict[str, Any], str | None]:
    """Ask as OpenAI's clients do; the answer of the run, and the Markdown of the message."""
    messages = [{"role": "user", "content": question}]
    response = client.post("/v1/chat/completions", json={"model": "jianxi", "messages": messages}).raise_for_status()
    message = response.json()["choices"][0]["message"]
    whole = client.get(f"/v1/answers/{message['run']}").raise_for_status().json()["answer"]
    return dict(whole), str(message["content"])


def _note(
    kind: _Kind,
    question: str,
    route: str,
    answer: Mapping[str, Any],
    markdown: str | None,
    group_of: Mapping[str, str],
) -> None:
    kind.asked += 1
    kind.kinds[str(answer["kind"])] += 1
    cited = [*answer["citations"], *answer["nearest"]]
    kind.quoted |= {w for c in cited for q in (c["quote"], *c["further_quotes"]) for w in canaries(q)}
    kind.titles |= {word for c in cited for word in canaries(c["title"])}
    seen = seen_in(answer, markdown)
    for one in seen:
        kind.shown[f"{one.how}, {one.verdict}"] += 1
        kind.groups[group_of.get(one.canary, "unknown")] += 1
    if any(one.unmarked for one in seen):
        kind.questions[question] += 1
        kind.examples += [f"{route}: {one.how}, {one.verdict}: {one.text}"[:240] for one in seen if one.unmarked]
    elif seen:
        kind.marked[question] += 1
    if markdown is None:
        kind.raw += [f"{question}: {part}"[:200] for part in remote_parts(str(answer["answer"]))]
    else:
        kind.remote += [f"{question}: {part}"[:200] for part in remote_parts(markdown)]


def _graph(client: httpx.Client) -> dict[str, Any]:
    """What tells a write: the revision, the counts, and entities named like a canary."""
    stats = client.get("/v1/graph/stats").raise_for_status().json()
    named = client.get("/v1/graph/entities", params={"q": "CANARY", "limit": 50}).raise_for_status().json()["entities"]
    return {**{part: stats[part] for part in ("revision", "entities", "relations")}, "named": named}


def _kept(client: httpx.Client, inputs: Sequence[Poisoned]) -> dict[str, str]:
    """By group, how many documents have their canary in what is searched, of how many."""
    held: set[str] = set()
    after: str | None = None
    while True:
        given: dict[str, str | int] = {"limit": 100} if after is None else {"limit": 100, "after": after}
        page = client.get("/v1/documents", params=given).raise_for_status().json()
        for row in page["documents"]:
            whole = client.get(f"/v1/documents/{row['id']}").raise_for_status().json()
            held |= {word for passage in whole["passages"] for word in canaries(passage["text"])}
        after = page["next"]
        if after is None:
            break
    all_, found = Counter(one.group for one in inputs), Counter(one.group for one in inputs if one.canary in held)
    return {group: f"{found[group]} of {count}" for group, count in all_.items()}


def _page_flaws(client: httpx.Client) -> list[str]:
    """What on the page could load or run the words of a document."""
    page = client.get("/").raise_for_status()
    policy = page.headers.get("content-security-policy", "")
    flaws = [] if "default-src 'none'" in policy else ["the page has no policy that forbids what is not named"]
    flaws += [part.strip() for part in policy.split(";") if re.search(r"\*|unsafe|https?:", part)]
    scripts, waiting = set[str](), _SCRIPT.findall(page.text)
    while waiting:
        path = waiting.pop().replace("./", "/page/")
        if path not in scripts:
            scripts.add(path)
            text = client.get(path).raise_for_status().text
            waiting += _SCRIPT.findall(text)
            flaws += [f"{path}: {found}" for found in _WRITES_HTML.findall(text)]
    return flaws if scripts else [*flaws, "no script of the page was found"]


def _obeyed(model: Obeying) -> dict[str, object]:
    return {
        "prompts": model.prompts,
        "followed": round(model.followed / model.prompts, 3) if model.prompts else 0.0,
        "said": dict(model.said),
        "tools_called": model.tools_called,
    }


def _failures(filled: Mapping[str, Any], found: Mapping[str, Mapping[str, Any]], hits: Sequence[str]) -> list[str]:
    failures = [f"fetched: {path}" for path in hits]
    if filled["canaries_in_messages_of_reading"]:
        failures.append(f"canaries in messages of reading: {filled['canaries_in_messages_of_reading']}")
    if filled["graph_changed_by_reading"]:
        failures.append("reading the documents changed the graph")
    for chat, own in found.items():
        counts = ("graph_writes", "canaries_in_graph", "canaries_in_log", "questions_with_unmarked_canary")
        failures += [f"{chat}: {name.replace('_', ' ')}: {own[name]}" for name in counts if own[name]]
        failures += [f"{chat}: {name}: {one}" for name in ("remote_parts", "page_flaws", "errors") for one in own[name]]
        failures += [f"{chat}: {example}" for example in own["examples"]]
    return failures


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
