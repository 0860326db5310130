// Evidence: marks in an answer, the list below it, the panel that shows a passage or a fact.
import { call } from "./wire.js";
import { $, button, grade, make, reword, say, worded } from "./words.js";

const SHOWN = 8;
let opener = null;
let opened = 0;

// Text with its marks [n] as buttons; everything else goes in as text.
export function marked(text, citations) {
  return text.split(/(\[\d+\])/).map((part) => {
    const number = Number(part.match(/^\[(\d+)\]$/)?.[1]);
    return citations.has(number) ? mark(number, citations) : part;
  });
}

export function mark(number, citations) {
  const sup = make("sup"), cited = citations.get(number);
  const one = button(`[${number}]`, () => open(cited, one), "mark");
  one.setAttribute("aria-label", say("citation", number));
  if (cited) one.title = cited.title;
  sup.append(one);
  return sup;
}

export function evidenceList(citations, heading) {
  const box = make("section", "evidence"), list = make("ol");
  list.append(...citations.slice(0, SHOWN).map(item));
  box.append(worded("h3", "", heading), list);
  if (citations.length > SHOWN) {
    const rest = make("details"), others = make("ol");
    others.append(...citations.slice(SHOWN).map(item));
    rest.append(worded("summary", "", "more", citations.length - SHOWN), others);
    box.append(rest);
  }
  return box;
}

function item(citation) {
  const line = make("li"), body = make("div"), { fact } = citation;
  const title = button("", () => open(citation, title), "title");
  if (fact) title.append(fact.subject, make("span", "label", ` ${fact.label} → `), fact.object);
  else title.append(citation.title);
  const details = fact
    ? [fact.grade && grade(fact.grade), ...fact.sources]
    : [citation.source_id, citation.year, citation.page && say("page", citation.page), citation.heading_path.at(-1)];
  body.append(title, make("span", "soft", details.filter((d) => d && d !== citation.title).join(" · ")));
  line.append(make("b", "", `[${citation.number}]`), body);
  return line;
}

export async function open(citation, from, passageId = citation.passage_id) {
  const turn = ++opened, panel = $("passage"), quote = panel.querySelector("blockquote");
  const tell = (name, text) => { panel.querySelector(name).textContent = text; };
  opener = from ?? opener;
  const { fact } = citation;
  reword(panel.querySelector(".kind"), fact ? "fact" : "passage");
  tell("h2", fact ? `${fact.subject} ${fact.label} → ${fact.object}` : citation.title);
  tell(".source", fact ? fact.sources.join(" · ") : citation.source_id ?? "");
  tell(".where", fact ? [fact.grade && grade(fact.grade), fact.polarity !== "none" && say(fact.polarity)].filter(Boolean).join(" · ") : "");
  panel.querySelector(".links").replaceChildren(...(fact?.sources ?? []).map(linkOf).filter(Boolean));
  quote.replaceChildren([citation.quote, ...(citation.further_quotes ?? [])].join(" … "));
  $("previous").hidden = $("next").hidden = true;
  panel.hidden = false;
  panel.querySelector("div").scrollTop = 0;
  if (from) panel.querySelector("h2").focus({ preventScroll: true });
  if (!passageId) return;
  let passage;
  try {
    passage = await (await call(`/v1/passages/${encodeURIComponent(passageId)}`)).json();
  } catch (error) {
    if (turn === opened) tell(".where", error.message);
    return;
  }
  if (turn !== opened) return;
  const { document: source } = passage, ids = Object.entries(source.identifiers ?? {});
  tell("h2", source.title);
  tell(".source", [source.authors.slice(0, 3).join(", ") + (source.authors.length > 3 ? " …" : ""), source.journal, source.year, source.source_id].filter(Boolean).join(" · "));
  panel.querySelector(".links").replaceChildren(...ids.map(([name, value]) => linkOf(`${name}:${value}`)).filter(Boolean));
  const quoted = passageId === citation.passage_id, page = (quoted && citation.page) || passage.page;
  tell(".where", [page && say("page", page), ...passage.heading_path.filter((h) => h !== source.title)].filter(Boolean).join(" › "));
  quote.replaceChildren(...highlighted(passage.text, quoted ? [citation.quote, ...(citation.further_quotes ?? [])] : []));
  quote.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  for (const step of ["previous", "next"]) {
    $(step).hidden = !passage[step];
    $(step).onclick = () => open(citation, null, passage[step]);
  }
}

export function close(back = true) {
  if ($("passage").hidden) return;
  opened++;
  $("passage").hidden = true;
  if (back) opener?.focus();
  opener = null;
}

// The quotes inside the passage.
function highlighted(text, quotes) {
  return quotes.reduce(
    (parts, quote) => parts.flatMap((part) => (typeof part === "string" ? lit(part, quote) : [part])), [text]);
}

// A quote inside a text, however the white space between its characters was set.
function lit(text, quote) {
  const letters = (value) => [...value.matchAll(/\S/g)];
  const wanted = letters(quote).map(([c]) => c).join(""), all = letters(text);
  const at = wanted ? all.map(([c]) => c).join("").indexOf(wanted) : -1;
  if (at < 0) return [text];
  const start = all[at].index, end = all[at + wanted.length - 1].index + 1;
  return [text.slice(0, start), make("mark", "", text.slice(start, end)), text.slice(end)];
}

// A link to where a DOI or a PMID is kept; nothing is fetched from there by the page.
function linkOf(source) {
  const doi = source.match(/^doi:\s*(10\.\d{4,9}\/\S+)$/i)?.[1], pmid = source.match(/^pmid:\s*(\d{1,9})$/i)?.[1];
  if (!doi && !pmid) return null;
  const link = make("a", "", doi ? `DOI ${doi}` : `PMID ${pmid}`);
  link.href = doi ? `https://doi.org/${encodeURI(doi)}` : `https://pubmed.ncbi.nlm.nih.gov/${pmid}/`;
  return Object.assign(link, { target: "_blank", rel: "noopener noreferrer" });
}
