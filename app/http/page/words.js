// What the page says, in Chinese and in English.
const TEXT = {
  zh: {
    promise: "从实验室自己的文献与知识图谱作答，句句有据。", question: "问题", placeholder: "请用中文或英文提问……", submit: "提问",
    hint: "Enter 提问 · Shift+Enter 换行", cancel: "停止", mode: "检索", hybrid: "混合", dense: "语义", lexical: "字词", graph: "图谱",
    fresh: "新对话", key: "密钥", askKey: "此服务需要 API 密钥", use: "使用", leave: "取消", page: "第 {} 页", close: "关闭",
    searching: "正在查找证据……", found: "找到 {} 条证据，正在作答……", understood: "理解为：{}", thinking: "思考过程",
    previous: "← 上一段", next: "下一段 →", passage: "文献段落", fact: "图谱事实", citation: "查看证据 {}",
    answer: "有据可查", caveat: "证据有限", conflict: "证据不一", cannot_answer: "资料不足，不作回答",
    evidence: "证据", nearest: "最接近的资料", more: "其余 {} 条", cancelled: "已停止。", interrupted: "连接中断，请重新提问。",
    reconnect: "连接中断，正在续接……", away: "无法连接服务。", unsupported: "证据不支持这一句", contradicted: "证据与这一句相反",
    feedback: "这个回答：", helpful: "有帮助", wrong_fact: "事实有误", missing: "有遗漏", bad_source: "出处不当", thanks: "谢谢，已记录。",
    comment: "哪里不对？可留空", send: "提交", positive: "正向", negative: "负向", animal: "动物实验", clinical: "临床", in_vitro: "体外实验",
    computational: "计算", classical_text: "古籍", examples: ["补阳还五汤由哪些中药组成？", "电针百会穴对SAMP8小鼠的类淋巴系统和AQP4有什么影响？", "敲除水通道蛋白4后，小鼠脑细胞外间隙的容积分数怎样变化？"],
  },
  en: {
    promise: "Answers from a laboratory's own papers and knowledge graph, with evidence for every sentence.", question: "Question",
    placeholder: "Ask in English or Chinese …", submit: "Ask", hint: "Enter asks · Shift+Enter breaks the line", cancel: "Stop", mode: "Search",
    hybrid: "hybrid", dense: "meaning", lexical: "words", graph: "graph", fresh: "New conversation", key: "Key",
    askKey: "This service asks for an API key", use: "Use it", leave: "Cancel", page: "page {}", close: "Close",
    searching: "Looking for evidence …", found: "{} pieces of evidence, answering …", understood: "Understood as: {}", thinking: "Thinking",
    previous: "← previous", next: "next →", passage: "Passage", fact: "Fact of the graph", citation: "Show evidence {}",
    answer: "Supported", caveat: "Limited evidence", conflict: "Conflicting evidence", cannot_answer: "No answer in the collection",
    evidence: "Evidence", nearest: "What comes nearest", more: "{} more", cancelled: "Stopped.", interrupted: "The connection was lost; please ask again.",
    reconnect: "Connection lost, resuming …", away: "The service cannot be reached.", unsupported: "The evidence does not support this sentence",
    contradicted: "The evidence contradicts this sentence", feedback: "This answer:", helpful: "is helpful", wrong_fact: "has a wrong fact",
    missing: "misses something", bad_source: "cites a bad source", thanks: "Thank you, noted.", comment: "What is wrong? May be left empty",
    send: "Send", positive: "positive", negative: "negative", animal: "animal", clinical: "clinical", in_vitro: "in vitro",
    computational: "computational", classical_text: "classical text", examples: [
      "How do the volume fraction and tortuosity of the brain extracellular space change during sleep?",
      "What happens to interstitial solute clearance in mice that lack aquaporin-4?", "Which herbs does Buyang Huanwu decoction contain?"],
  },
};
// Why a question was not answered, in Chinese, by the code of a problem, else by its kind; the service tells it in English.
const CAUSES = {
  empty: "问题是空的，请输入问题。", punctuation: "问题里没有文字，请重新输入。", too_long: "问题太长了，请缩短后再问。",
  adapter: "没有这个适配器。", history: "对话太长了，请开始新对话。", forbidden: "没有权限。", "too-large": "文件超过大小限制。",
  "store-unavailable": "知识库暂时无法连接，请稍后再试。", "store-locked": "知识库正在被写入，请稍后再试。",
  "state-unavailable": "服务的数据库暂时无法连接，请稍后再试。", "state-busy": "服务正忙，请稍后再试。", "disk-full": "服务器磁盘已满，请联系管理员。",
  "model-unavailable": "语言模型暂时无法连接，请稍后再试。", "model-busy": "提问的人较多，请稍后再试。", "model-refused": "语言模型拒绝了请求，请联系管理员。",
  "weights-missing": "语言模型尚未安装，请联系管理员。", "weights-corrupt": "语言模型文件已损坏，请联系管理员。", "index-missing": "知识库里还没有文献。", "index-mismatch": "索引需要重建，请联系管理员。",
  "index-corrupt": "索引已损坏，需要重建，请联系管理员。", "index-unavailable": "索引暂时无法使用，请稍后再试。",
  interrupted: "作答的进程中断了，请重新提问。", internal: "出现意外错误，请联系管理员。", StoreUnavailable: "知识库暂时无法连接，请稍后再试。",
  ModelUnavailable: "语言模型暂时无法连接，请稍后再试。", ModelBusy: "提问的人较多，请稍后再试。", ModelRefused: "语言模型拒绝了请求，请联系管理员。",
  IndexMissing: "知识库里还没有文献。", IndexMismatch: "索引需要重建，请联系管理员。", StateUnavailable: "服务的数据库暂时无法连接，请稍后再试。",
};
let language = (localStorage.getItem("language") ?? navigator.language).startsWith("zh") ? "zh" : "en";

export const $ = (id) => document.getElementById(id);
export const say = (name, ...values) => values.reduce((text, value) => text.replace("{}", value), TEXT[language][name] ?? name);
export const cause = (names, told) => (language === "zh" && names.map((name) => CAUSES[name]).find(Boolean)) || told;
export const examples = () => TEXT[language].examples;

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
  $("language").textContent = language === "zh" ? "English" : "中文";
  $("language").lang = language === "zh" ? "en" : "zh";
}

export function switchLanguage() {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("language", language);
  translate();
}
