// The conversation: asks, shows the answer while it comes, takes feedback.
import { close, evidenceList, mark, marked } from "./evidence.js";
import { askKey, call, follow } from "./wire.js";
import { $, answerLanguage, button, cause, examples, make, reword, say, switchLanguage, translate, worded } from "./words.js";

const TURNS = 6;
const BADGES = { answer: "carried", caveat: "limited", conflict: "divided", cannot_answer: "declined", reply: "carried" };
let running = null;
let history = [];

// One question with its answer on the page.
class Turn {
  constructor(question) {
    this.article = make("article", "turn");
    this.state = worded("p", "state busy", "searching");
    this.answer = make("div", "answer");
    this.article.append(make("h2", "", question), this.state, this.answer);
    this.citations = new Map();
    this.sentences = [];
  }

  see({ name, data }) {
    this[`on_${name}`]?.(data);
  }

  on_retrieval(data) {
    reword(this.state, "found", data.evidence.length);
    if (data.rewritten !== data.question) this.state.before(worded("p", "soft", "understood", data.rewritten));
  }

  on_reconnect() { reword(this.state, "reconnect"); }

  on_thinking(data) {
    if (!this.thoughts) {
      const box = make("details", "thinking");
      this.thoughts = make("p");
      box.append(worded("summary", "", "thinking"), this.thoughts);
      this.answer.before(box);
    }
    this.thoughts.append(data.text);
  }

  on_citation(data) { this.citations.set(data.number, data); }

  on_text(data) {
    const sentence = make("span", data.item ? "sentence item" : "sentence", data.text);
    sentence.append(...data.citations.map((number) => mark(number, this.citations)));
    const chinese = (text) => /\p{Script=Han}/u.test(text);
    this.answer.append(...(!this.said || (chinese(this.said) && chinese(data.text)) ? [] : [" "]), sentence);
    this.sentences[data.sentence] = sentence;
    this.said = data.text;
  }

  on_verdict({ sentence, verdict, reasons }) {
    if (verdict === "supported") return;
    this.sentences[sentence]?.classList.add(verdict);
    this.sentences[sentence]?.setAttribute("title", [say(verdict), ...reasons].join("\n"));
  }

  on_done(data) {
    const declined = data.sufficiency === "cannot_answer", cited = declined ? data.nearest : data.citations;
    this.finish(`badge ${BADGES[data.sufficiency]}`, data.sufficiency);
    this.state.after(worded("p", "badge made", `kind_${data.kind}`));
    this.answer.lang = data.language;
    for (const citation of data.citations) this.citations.set(citation.number, citation);
    // A refusal, or a list whose items carry their own marks: the whole text says more than its sentences.
    if (declined || data.citations.every((c) => c.kind === "fact")) this.answer.replaceChildren(...marked(data.answer, this.citations));
    if (data.notice) this.article.append(make("p", "notice", data.notice));
    if (cited.length) this.article.append(evidenceList(cited, declined ? "nearest" : "evidence"));
    this.article.append(feedbackOn(data.run));
    $("told").textContent = data.answer;
  }

  on_error({ code, message }) {
    if (code === "cancelled") this.finish("state", "cancelled");
    else this.fail(cause([code], message));
  }

  finish(className, name) {
    this.state.className = className;
    reword(this.state, name);
  }

  fail(message) {
    this.state.className = "state error";
    this.state.textContent = message;
    delete this.state.dataset.text;
  }
}

function feedbackOn(run) {
  const row = make("form", "feedback");
  const give = async (kind, comment = "") => {
    try {
      await call("/v1/feedback", { method: "POST", json: { run, kind, comment } });
      row.replaceChildren(worded("span", "", "thanks"));
    } catch (error) {
      row.append(make("span", "error", error.message));
    }
  };
  const explain = (kind) => {
    const field = Object.assign(make("input"), { placeholder: say("comment"), maxLength: 4000 });
    row.replaceChildren(worded("span", "", kind), field, Object.assign(worded("button", "", "send"), { type: "submit" }));
    row.onsubmit = (event) => { event.preventDefault(); give(kind, field.value); };
    field.focus();
  };
  const kinds = ["helpful", "wrong_fact", "missing", "bad_source"].map((kind) => {
    const one = button("", () => (kind === "helpful" ? give(kind) : explain(kind)));
    reword(one, kind);
    return one;
  });
  row.append(worded("span", "", "feedback"), ...kinds);
  return row;
}

async function ask(question) {
  const turn = new Turn(question), leaving = new AbortController();
  running = { run: null, leaving };
  $("turns").prepend(turn.article);
  $("examples").hidden = true;
  close(false);
  busy(true);
  try {
    const request = { question, mode: $("mode").value, history: history.slice(-TURNS), language: answerLanguage() };
    for await (const event of follow(request, leaving.signal, (run) => { running.run = run; })) {
      turn.see(event);
      if (event.name === "done") remember(question, event.data.answer);
    }
  } catch (error) {
    if (error.name === "AbortError") turn.finish("state", "cancelled");
    else turn.fail(error.message);
  } finally {
    running = null;
    busy(false);
  }
}

function remember(question, answer) {
  history.push({ role: "user", text: question }, { role: "assistant", text: answer.slice(0, 4000) });
  $("fresh").hidden = false;
}

function busy(yes) {
  $("cancel").hidden = !yes;
  $("submit").disabled = yes;
}

async function cancel() {
  if (!running) return;
  const { run, leaving } = running;
  try {
    if (!run) throw new Error("not started");
    await call(`/v1/answers/${run}/cancel`, { method: "POST" });
  } catch {
    leaving.abort();
  }
}

function startAfresh() {
  cancel();
  history = [];
  close();
  $("turns").replaceChildren();
  $("examples").hidden = false;
  $("fresh").hidden = true;
  $("question").focus();
}

function showExamples() {
  $("examples").replaceChildren(...examples().map((text) => {
    const line = make("li");
    line.append(button(text, () => { if (!running) ask(text); }));
    return line;
  }));
}

$("ask").onsubmit = (event) => {
  event.preventDefault();
  const question = $("question").value.trim();
  if (!question || running) return;
  $("question").value = "";
  ask(question);
};
$("question").onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  $("ask").requestSubmit();
};
document.onkeydown = (event) => {
  if (event.key === "Escape" && !$("keys").open) close();
  if (event.key === "/" && !event.target.closest("input, textarea, select")) { event.preventDefault(); $("question").focus(); }
};
$("cancel").onclick = cancel;
$("close").onclick = close;
$("fresh").onclick = startAfresh;
$("key").onclick = askKey;
$("language").onclick = () => { switchLanguage(); showExamples(); };
translate();
showExamples();
