// @ts-check
// The page of `sozialraum start`: choose, check, compute, open. It asks its own server and nobody else.
"use strict";

const { texts, language, kinds } = JSON.parse(find("data").textContent ?? "{}");

/** @type {{project: string, city: string} | null} */
let chosen = null;
let running = false;

/** @param {string} id @returns {HTMLElement} */
function find(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @param {string} name @param {Record<string, unknown>} [values] */
function words(name, values = {}) {
  return texts[name].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ key) => String(values[key]));
}

/**
 * @param {string} tag @param {Record<string, string>} [attributes] @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** @param {string} path @param {unknown} [order] */
async function ask(path, order) {
  const how = order === undefined
    ? {}
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(order) };
  const answer = await fetch(path, how);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** @param {string} [path] */
async function open(path) {
  const found = await ask("api/folder" + (path ? "?path=" + encodeURIComponent(path) : ""));
  const problem = find("folder-problem");
  problem.hidden = !found.problem;
  problem.textContent = found.problem ?? "";
  if (found.problem) return;
  const field = /** @type {HTMLInputElement} */ (find("path"));
  field.value = found.path;
  const separator = found.path.includes("\\") ? "\\" : "/";
  const base = found.path.endsWith(separator) ? found.path : found.path + separator;
  const list = find("folders");
  list.replaceChildren();
  if (found.parent) list.append(entry(words("up"), "", () => open(found.parent)));
  for (const project of found.projects) {
    const label = project.city ? `${project.name} (${project.city})` : project.name;
    list.append(entry(label, "project", () => choose(base + project.name, project.city)));
  }
  for (const name of found.folders) list.append(entry(name + separator, "", () => open(base + name)));
  if (found.left_out) list.append(make("li", {}, words("left_out", { number: found.left_out })));
  if (found.projects.length === 1) choose(base + found.projects[0].name, found.projects[0].city);
}

/** @param {string} label @param {string} look @param {() => void} act */
function entry(label, look, act) {
  const button = make("button", { type: "button", class: look }, label);
  button.addEventListener("click", act);
  return make("li", {}, button);
}

/** @param {string} project @param {string} city */
function choose(project, city) {
  chosen = { project, city };
  find("chosen").textContent = words("chosen", { project });
  enable();
}

function enable() {
  for (const id of ["check", "run"]) {
    /** @type {HTMLButtonElement} */ (find(id)).disabled = running || !chosen;
  }
  /** @type {HTMLButtonElement} */ (find("demo")).disabled = running;
}

/** @param {string} name */
function ticked(name) {
  const boxes = document.querySelectorAll(`input[name="${name}"]:checked`);
  return [...boxes].map((box) => /** @type {HTMLInputElement} */ (box).value);
}

/** @param {Record<string, unknown>} order */
async function begin(order) {
  const { job } = await ask("api/start", { language, ...order });
  if (!job) return;
  running = true;
  enable();
  const place = find("job");
  place.hidden = false;
  find("job-title").textContent = words("job." + job.kind);
  show(job);
  place.scrollIntoView({ block: "nearest" });
  find("job-title").focus();
  follow();
}

async function follow() {
  try {
    const { job } = await ask("api/job");
    show(job);
    if (job.end === null) {
      setTimeout(follow, 400);
      return;
    }
  } catch {
    find("end").textContent = words("gone");
  }
  running = false;
  enable();
}

/** @param {any} job */
function show(job) {
  const steps = find("steps");
  for (const [id, step] of Object.entries(job.steps)) {
    let line = steps.querySelector(`[data-step="${id}"]`);
    if (!line) {
      line = make("li", { "data-step": id }, make("span", {}, step.name), make("progress", { max: "1", "aria-label": step.name }));
      steps.append(line);
    }
    const bar = /** @type {HTMLProgressElement} */ (line.querySelector("progress"));
    // A step that tells only its beginning moves without a length.
    if (step.part > 0 || job.end !== null) bar.value = step.part;
  }
  if (Object.keys(job.steps).length === 0) steps.replaceChildren();
  find("cancel").hidden = job.end !== null;
  find("end").textContent = job.end === null ? words("working") : words("end." + job.end);
  find("messages").replaceChildren(
    ...job.messages.map((/** @type {any} */ told) =>
      make("li", { class: told.severity }, make("b", {}, told.name + ":"), told.message)),
  );
  const results = find("results");
  results.replaceChildren();
  if (job.folder && job.end !== null) {
    const link = (/** @type {string} */ file, /** @type {string} */ label) => {
      const address = `results/${job.number}/` + file.split("/").map(encodeURIComponent).join("/");
      return make("li", {}, make("a", { href: address, target: "_blank", rel: "noopener" }, label));
    };
    const first = ["atlas.html", "index.html"].filter((file) => job.files.includes(file));
    const documents = job.files.filter((/** @type {string} */ file) => file.startsWith("report/"));
    const rest = job.files.filter((/** @type {string} */ file) => ![...first, ...documents].includes(file));
    results.append(...first.map((file) => link(file, words("file." + file.split(".")[0]))));
    results.append(...documents.map((/** @type {string} */ file) => link(file, file.replace("report/", ""))));
    const list = make("ul", {}, ...rest.map((/** @type {string} */ file) => link(file, file)));
    if (first.length === 0) results.append(...list.childNodes);
    else results.append(make("li", {}, make("details", {}, make("summary", {}, words("more_files")), list)));
    results.append(make("li", {}, words("in_folder", { folder: job.folder })));
  }
  const trace = find("trace");
  trace.hidden = !job.trace;
  trace.textContent = job.trace;
  if (job.project && job.end === "done") open(job.project);
}

function start() {
  for (const node of document.querySelectorAll("[data-text]")) {
    node.textContent = words(/** @type {HTMLElement} */ (node).dataset.text ?? "");
  }
  for (const kind of kinds) {
    const box = make("input", { type: "checkbox", name: "document", value: kind });
    const label = texts["kind." + kind] ?? kind;
    find("documents").append(make("label", {}, box, make("span", {}, label)));
  }
  find("go").addEventListener("submit", (event) => {
    event.preventDefault();
    open(/** @type {HTMLInputElement} */ (find("path")).value);
  });
  find("check").addEventListener("click", () => begin({ kind: "check", project: chosen?.project }));
  find("run").addEventListener("click", () =>
    begin({
      kind: "run",
      project: chosen?.project,
      audience: ticked("audience")[0],
      documents: ticked("document"),
      formats: ticked("format"),
    }));
  find("demo").addEventListener("click", () => {
    const folder = /** @type {HTMLInputElement} */ (find("path")).value;
    begin({ kind: "demo", project: folder + "/sozialraum-demo" });
  });
  find("cancel").addEventListener("click", () => ask("api/cancel", {}));
  find("quit").addEventListener("click", async () => {
    await ask("api/quit", {});
    document.body.replaceChildren(make("main", {}, make("p", { role: "status" }, words("quitted"))));
  });
  open();
}

start();
