// The reference of the HTTP API, drawn from /openapi.json.
const made = (tag, text = "", ...children) => {
  const element = document.createElement(tag);
  element.textContent = text;
  element.append(...children);
  return element;
};

const table = (names, rows) => {
  const head = made("tr", "", ...names.map((name) => made("th", name)));
  const body = rows.map((row) => made("tr", "", ...row.map((cell) => made("td", cell))));
  return made("table", "", head, ...body);
};

// The schema itself where it is a reference to one.
const resolved = (api, schema = {}) =>
  schema.$ref ? schema.$ref.slice(2).split("/").reduce((at, part) => at[part], api) : schema;

const typeOf = (api, schema = {}) => {
  const { type, items, anyOf, enum: values, const: value } = resolved(api, schema);
  if (values) return values.map((v) => JSON.stringify(v)).join(" | ");
  if (value !== undefined) return JSON.stringify(value);
  if (anyOf) return anyOf.map((one) => typeOf(api, one)).join(" | ");
  return type === "array" ? `${typeOf(api, items)}[]` : type ?? "";
};

const LIMITS = { minimum: "≥", exclusiveMinimum: ">", maximum: "≤", maxLength: "length ≤", maxItems: "items ≤" };

const noteOf = (schema = {}) => {
  const forms = [schema, ...(schema.anyOf ?? [])];
  const limits = Object.entries(LIMITS).flatMap(([name, sign]) => forms.filter((f) => name in f).map((f) => `${sign} ${f[name]}`));
  const standard = schema.default == null || typeof schema.default === "object" ? [] : [`default ${schema.default}`];
  return [schema.description, ...limits, ...standard].filter(Boolean).join("; ");
};

// A body to start from: the required fields and no others.
const sampleOf = (api, schema) => {
  const { type, items, properties = {}, required = [], enum: values } = resolved(api, schema);
  if (values) return values[0];
  if (type === "object") return Object.fromEntries(required.map((name) => [name, sampleOf(api, properties[name])]));
  if (type === "array") return [sampleOf(api, items)];
  return { string: "...", boolean: false }[type] ?? 1;
};

const curlOf = (api, method, path, body) => {
  const url = `${location.origin}${path}`;
  const send = method === "get" ? "" : `-X ${method.toUpperCase()} `;
  if (!body) return `curl ${send}'${url}'`;
  if (!body["application/json"]) return `curl ${send}'${url}' -F files=@paper.pdf`;
  const sample = JSON.stringify(sampleOf(api, body["application/json"].schema));
  return `curl ${send}'${url}' -H 'Content-Type: application/json' -d '${sample}'`;
};

const routeOf = (api, method, path, operation) => {
  const summary = made("summary", "", made("b", method.toUpperCase()), made("code", path), ` ${operation.description ?? ""}`);
  const body = operation.requestBody?.content;
  const whole = resolved(api, body?.["application/json"]?.schema);
  const rows = [
    ...(operation.parameters ?? []).map((p) => [p.name, p.in, typeOf(api, p.schema), noteOf(p.schema), p.required]),
    ...Object.entries(whole.properties ?? {}).map(([name, schema]) =>
      [name, "body", typeOf(api, schema), noteOf(schema), whole.required?.includes(name)]),
  ].map(([name, where, type, note, needed]) => [needed ? `${name} *` : name, where, type, note]);
  const parts = [summary, made("pre", curlOf(api, method, path, body))];
  if (rows.length) parts.push(table(["name", "in", "type", "meaning"], rows));
  return made("details", "", ...parts);
};

const show = async () => {
  const place = document.getElementById("routes");
  const api = await (await fetch("/openapi.json")).json();
  const groups = new Map();
  for (const [path, operations] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const group = operation.tags?.[0] ?? "other";
      groups.set(group, [...(groups.get(group) ?? []), routeOf(api, method, path, operation)]);
    }
  }
  place.replaceChildren(
    made("p", `${api.info.summary}. A star marks what is required. With keys in use, send -H 'Authorization: Bearer KEY'.`),
    ...[...groups].flatMap(([name, routes]) => [made("h2", name), ...routes]),
  );
};

show().catch((error) => { document.getElementById("routes").textContent = `No description of the API: ${error.message}`; });
