// Talks to the service: requests with the key, the event stream of a run, resumed where it was cut.
import { $, cause, say } from "./words.js";

const FINAL = new Set(["done", "error"]);
const TRIES = 6;

// Asks for a key; resolves to whether one was given.
export function askKey() {
  const dialog = $("keys"), field = $("secret");
  field.value = "";
  $("key").hidden = false;
  $("leave").onclick = () => dialog.close();
  return new Promise((given) => {
    let secret = "";
    dialog.querySelector("form").onsubmit = () => { secret = field.value.trim(); };
    dialog.onclose = () => {
      if (secret) sessionStorage.setItem("key", secret);
      given(Boolean(secret));
    };
    dialog.showModal();
  });
}

export async function call(path, { method = "GET", json, accept, signal } = {}) {
  const headers = {}, key = sessionStorage.getItem("key");
  if (json) headers["Content-Type"] = "application/json";
  if (accept) headers.Accept = accept;
  if (key) headers.Authorization = `Bearer ${key}`;
  const response = await fetch(path, { method, headers, signal, body: json && JSON.stringify(json) })
    .catch((error) => { throw error.name === "AbortError" ? error : new Error(say("away")); });
  if (response.status === 401 && await askKey()) return call(path, { method, json, accept, signal });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    const told = cause([problem.code, problem.type?.split(":").pop()], problem.detail);
    throw Object.assign(new Error(told ?? `${response.status} ${response.statusText}`), { refused: true });
  }
  return response;
}

async function* eventsOf(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest = (rest + value).replaceAll("\r\n", "\n");
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

// The events of a new run up to `done` or `error`; a cut stream is taken up after the last event seen.
export async function* follow(request, signal, started) {
  let response = await call("/v1/answers", { method: "POST", json: request, signal });
  const run = response.headers.get("X-Run-Id");
  started(run);
  for (let last = 0, tries = 0; ;) {
    try {
      response ??= await call(`/v1/answers/${run}/events?after=${last}`, { accept: "text/event-stream", signal });
      for await (const event of eventsOf(response)) {
        last = event.id;
        tries = 0;
        yield event;
        if (FINAL.has(event.name)) return;
      }
    } catch (error) {
      if (error.refused || error.name === "AbortError") throw error;
    }
    if (++tries > TRIES) throw new Error(say("interrupted"));
    yield { name: "reconnect", data: {} };
    await new Promise((wake) => { setTimeout(wake, 300 * 2 ** tries); });
    response = null;
  }
}
