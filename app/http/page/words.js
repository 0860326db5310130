// What the page says in each language that the service has, with the examples and grades of its subject.
const { languages: LANGUAGES, questions: QUESTIONS, grades: GRADES } = await (await fetch("/page/words.json")).json();
const CODES = Object.keys(LANGUAGES);
let language = known(localStorage.getItem("language")) ?? known(navigator.language) ?? "en";

function known(wanted) {
  return CODES.find((code) => wanted?.toLowerCase().startsWith(code));
}

const following = () => CODES[(CODES.indexOf(language) + 1) % CODES.length];

export const $ = (id) => document.getElementById(id);
export const say = (name, ...values) =>
  values.reduce((text, value) => text.replace("{}", value), LANGUAGES[language].page[name] ?? name);
export const grade = (id) => GRADES[id]?.[language] ?? GRADES[id]?.en ?? id;
export const cause = (names, told) => names.map((name) => LANGUAGES[language].causes[name]).find(Boolean) || told;
export const examples = () => QUESTIONS[language] ?? Object.values(QUESTIONS).flat();
// The language to answer in where a question does not tell it.
export const answerLanguage = () => (LANGUAGES[language].recognised ? undefined : language);

export function make(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

export function button(text, onclick, className = "") {
  return Object.assign(make("button", className, text), { type: "button", onclick });
}

// An element whose text follows the language of the page.
export function worded(tag, className, name, ...values) {
  const node = make(tag, className, say(name, ...values));
  node.dataset.text = name;
  if (values.length) node.dataset.values = JSON.stringify(values);
  return node;
}

export function reword(node, name, ...values) {
  node.textContent = say(name, ...values);
  node.dataset.text = name;
  node.dataset.values = JSON.stringify(values);
}

export function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = say(node.dataset.text, ...JSON.parse(node.dataset.values ?? "[]"));
  $("question").placeholder = say("placeholder");
  $("close").setAttribute("aria-label", say("close"));
  $("language").textContent = LANGUAGES[following()].name;
  $("language").lang = following();
}

export function switchLanguage() {
  language = following();
  localStorage.setItem("language", language);
  translate();
}
