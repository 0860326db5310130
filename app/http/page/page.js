// Asks, follows the event stream (and resumes it where it was cut), shows citations that open their passage.
const TEXT = {
  zh: {
    promise: "回答脑细胞外间隙与中医药的问题，句句有据。", question: "问题", placeholder: "请用中文或英文提问……", submit: "提问",
    cancel: "停止", mode: "检索", hybrid: "混合", dense: "语义", lexical: "字词", graph: "图谱", key: "密钥", page: "第 {} 页",
    searching: "正在查找证据……", found: "找到 {} 段文献、{} 条图谱事实", thinking: "思考过程", previous: "← 上一段", next: "下一段 →",
    answer: "", caveat: "证据有限，请谨慎参考。", conflict: "证据之间有分歧，两方均已列出。", cannot_answer: "现有资料不足以回答。",
    nearest: "最接近的资料：", cancelled: "已停止。", askKey: "请输入 API 密钥", helpful: "有帮助", wrong_fact: "事实有误",
    missing: "有遗漏", bad_source: "出处不当", thanks: "谢谢，已记录。", fact: "图谱", reconnect: "连接中断，正在续接……",
    examples: ["大鼠脑细胞外间隙的容积分数大约是多少？", "补阳还五汤由哪些药组成？", "睡眠如何影响脑内代谢废物的清除？"],
  },
  en: {
    promise: "Answers on the brain's extracellular space and Chinese medicine, with evidence for every sentence.", question: "Question",
    placeholder: "Ask in English or Chinese …", submit: "Ask", cancel: "Stop", mode: "Search", hybrid: "hybrid", dense: "meaning",
    lexical: "words", graph: "graph", key: "Key", page: "page {}", searching: "Looking for evidence …",
    found: "{} passages and {} facts of the graph", thinking: "Thinking", previous: "← previous", next: "next →", answer: "",
    caveat: "The evidence is limited.", conflict: "The evidence disagrees; both sides are shown.",
    cannot_answer: "The collection does not hold an answer.", nearest: "What comes nearest:", cancelled: "Stopped.",
    askKey: "API key", helpful: "helpful", wrong_fact: "wrong fact", missing: "missing", bad_source: "bad source",
    thanks: "Thank you, noted.", fact: "graph", reconnect: "Connection lost, resuming …",
    examples: ["What fraction of brain volume is extracellular space?", "How does sleep change the clearance of metabolites from the brain?", "Which compounds does Danshen contain?"],
  },
};
const FINAL = new Set(["done", "error"]);
const $ = (id) => document.getElementById(id);
let language = (localStorage.getItem("language") || navigator.language).startsWith("zh") ? "zh" : "en";
let running = null;
const history = [];

const say = (name, ...values) => values.reduce((text, value) => text.replace("{}", value), TEXT[language][name] ?? name);
const make = (tag, className = "", text = "") => Object.assign(document.createElement(tag), { className, textContent: text });

function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text);
  $("question").placeholder = say("placeholder");
  $("language").textContent = language === "zh" ? "EN" : "中文";
  $("examples").replaceChildren(...TEXT[language].examples.map((text) => {
    const item = make("li"), button = make("button", "", text);
    button.type = "button";
    button.onclick = () => { $("question").value = text; $("ask").requestSubmit(); };
    item.append(button);
    return item;
  }));
}

async function call(path, options = {}) {
  const key = sessionStorage.getItem("key");
  const headers = { ...(options.body ? { "Content-Type": "application/json" } : {}), ...options.headers };
  if (key) headers.Authorization = `Bearer ${key}`;
  const response = await fetch(path, { ...options, headers });
  if (response.status === 401) {
    $("key").hidden = false;
    const given = prompt(say("askKey"));
    if (given) { sessionStorage.setItem("key", given.trim()); return call(path, options); }
  }
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Error(problem.detail || `${response.status} ${response.statusText}`);
  }
  return response;
}

async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value.replaceAll("\r\n", "\n");
    for (let end; (end = rest.indexOf("\n\n")) >= 0; rest = rest.slice(end + 2)) {
      const event = { id: 0, name: "message", data: "" };
      for (const line of rest.slice(0, end).split("\n")) {
        if (line.startsWith("id:")) event.id = Number(line.slice(3));
        else if (line.startsWith("event:")) event.name = line.slice(6).trim();
        else if (line.startsWith("data:")) event.data += line.slice(5).trim();
      }
      if (event.data) yield { ...event, data: JSON.parse(event.data) };
    }
  }
}

async function* follow(question) {
  const body = JSON.stringify({ question, mode: $("mode").value, history: history.slice(-6) });
  let response = await call("/v1/answers", { method: "POST", body });
  const run = response.headers.get("X-Run-Id");
  running = run;
  for (let last = 0, tries = 0; ;) {
    try {
      for await (const event of eventsOf(response)) {
        last = event.id;
        tries = 0;
        yield { ...event, run };
        if (FINAL.has(event.name)) return;
      }
    } catch (error) {
      if (tries > 5) throw error;
    }
    if (++tries > 6) throw new Error("stream ended");
    yield { name: "reconnect", data: {}, run };
    await new Promise((wake) => setTimeout(wake, 400 * tries));
    response = await call(`/v1/answers/${run}/events?after=${last}`, { headers: { Accept: "text/event-stream" } });
  }
}

function withMarks(target, text, citations) {
  for (const part of text.split(/(\[\d+\])/)) {
    const mark = part.match(/^\[(\d+)\]$/);
    if (!mark) { target.append(part); continue; }
    const sup = make("sup"), button = make("button", "", `[${mark[1]}]`);
    button.type = "button";
    button.onclick = () => { const cited = citations.get(Number(mark[1])); if (cited) open(cited); };
    sup.append(button);
    target.append(sup);
  }
}

function evidenceItem(citation) {
  const item = make("li"), title = make("button", "", citation.title || citation.quote);
  title.type = "button";
  title.onclick = () => open(citation);
  const where = [citation.source_id, citation.year, citation.page ? say("page", citation.page) : "", citation.kind === "fact" ? say("fact") : ""];
  const body = make("span");
  body.append(title, make("span", "soft", " · " + where.filter(Boolean).join(" · ")));
  item.append(make("b", "", citation.number ? `[${citation.number}]` : "–"), body);
  return item;
}

async function open(citation) {
  const panel = $("passage"), quote = panel.querySelector("blockquote");
  panel.querySelector("h2").textContent = citation.title;
  panel.querySelector(".where").textContent = "";
  panel.querySelector(".source").textContent = citation.source_id || "";
  quote.textContent = citation.quote;
  $("previous").hidden = $("next").hidden = true;
  panel.hidden = false;
  if (!citation.passage_id) {
    const sources = citation.fact?.sources ?? [];
    panel.querySelector(".where").textContent = [citation.fact?.grade, ...sources].filter(Boolean).join(" · ");
    return;
  }
  const passage = await (await call(`/v1/passages/${encodeURIComponent(citation.passage_id)}`)).json();
  const { document: source } = passage;
  const ids = Object.entries(source.identifiers || {}).map(([name, value]) => `${name.toUpperCase()} ${value}`);
  panel.querySelector("h2").textContent = source.title;
  panel.querySelector(".source").textContent = [source.authors.slice(0, 3).join(", "), source.journal, source.year, ...ids].filter(Boolean).join(" · ");
  panel.querySelector(".where").textContent = [passage.page ? say("page", passage.page) : "", passage.heading_path.slice(1).join(" › ")].filter(Boolean).join(" · ");
  const at = citation.quote ? passage.text.indexOf(citation.quote) : -1;
  quote.replaceChildren(...(at < 0 ? [passage.text] : [passage.text.slice(0, at), make("mark", "", citation.quote), passage.text.slice(at + citation.quote.length)]));
  for (const step of ["previous", "next"]) {
    $(step).hidden = !passage[step];
    $(step).onclick = () => open({ ...citation, quote: "", passage_id: passage[step] });
  }
}

function feedbackOf(run) {
  const row = make("div", "feedback");
  for (const kind of ["helpful", "wrong_fact", "missing", "bad_source"]) {
    const button = make("button", "", say(kind));
    button.type = "button";
    button.onclick = async () => {
      await call("/v1/feedback", { method: "POST", body: JSON.stringify({ run, kind }) });
      row.replaceChildren(say("thanks"));
    };
    row.append(button);
  }
  return row;
}

async function ask(question) {
  const turn = make("article", "turn"), state = make("p", "state", say("searching")), notice = make("p", "notice");
  const answer = make("div", "answer"), evidence = make("ul", "evidence"), thinking = make("details");
  turn.append(make("h2", "", question), state, notice, answer);
  $("turns").prepend(turn);
  $("examples").hidden = true;
  $("cancel").hidden = false;
  const citations = new Map();
  let said = "";
  try {
    for await (const { name, data, run } of follow(question)) {
      if (name === "retrieval") state.textContent = say("found", data.passages?.length ?? 0, data.facts?.length ?? 0);
      else if (name === "reconnect") state.textContent = say("reconnect");
      else if (name === "thinking") {
        if (!thinking.isConnected) { thinking.append(make("summary", "", say("thinking"))); turn.insertBefore(thinking, answer); }
        thinking.append(data.text);
      } else if (name === "citation") citations.set(data.number, data);
      else if (name === "text") { said += data.text; withMarks(answer, data.text, citations); }
      else if (name === "error" && data.code === "cancelled") state.textContent = say("cancelled");
      else if (name === "error") throw new Error(data.message || "error");
      else if (name === "done") {
        state.textContent = say(data.sufficiency);
        notice.textContent = data.notice || "";
        const shown = [...citations.values()];
        if (!shown.length && data.nearest?.length) { evidence.append(make("li", "soft", say("nearest"))); shown.push(...data.nearest); }
        evidence.append(...shown.map(evidenceItem));
        if (shown.length) turn.append(evidence);
        turn.append(feedbackOf(run));
      }
    }
    history.push({ role: "user", text: question }, { role: "assistant", text: said });
  } catch (error) {
    state.className = "error";
    state.textContent = error.message;
  } finally {
    running = null;
    $("cancel").hidden = true;
  }
}

$("ask").onsubmit = (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (question && !running) { $("question").value = ""; ask(question); }
};
$("question").onkeydown = (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("ask").requestSubmit(); }
};
$("cancel").onclick = () => running && call(`/v1/answers/${running}/cancel`, { method: "POST" });
$("close").onclick = () => { $("passage").hidden = true; };
$("language").onclick = () => { language = language === "zh" ? "en" : "zh"; localStorage.setItem("language", language); translate(); };
$("key").onclick = () => { const given = prompt(say("askKey")); if (given) sessionStorage.setItem("key", given.trim()); };
translate();
