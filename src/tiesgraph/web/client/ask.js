// The query editor: Yasgui's editor and result view over this server's own endpoint.
// What it completes comes from the endpoint itself, and nothing is fetched from elsewhere.
import Yasqe from "@zazuko/yasqe";
import Yasr from "@zazuko/yasr";
import "@zazuko/yasqe/build/yasqe.min.css";
import "@zazuko/yasr/build/yasr.min.css";
import "./parts/editor.css";
import { charts } from "./parts/charts.js";

const editor = document.getElementById("editor");
const plain = document.getElementById("plain");
const told = document.getElementById("told");
const permalink = document.getElementById("permalink");
const endpoint = new URL(editor.dataset.endpoint, location.href).href;
const base = editor.dataset.base;
const prefixes = JSON.parse(document.getElementById("prefixes").textContent);

async function column(query) {
  const response = await fetch(`${endpoint}?query=${encodeURIComponent(query)}`, { headers: { Accept: "application/sparql-results+json" } });
  if (!response.ok) return [];
  return (await response.json()).results.bindings.map((row) => row.term.value);
}

function complete(name, query) {
  const completer = Yasqe.Autocompleters[name];
  completer.get = () => column(query);
  completer.bulk = true;
  completer.autoShow = false;
  completer.persistenceId = undefined;
}

complete("class", "SELECT DISTINCT ?term WHERE { ?thing a ?term FILTER (isIRI(?term)) } ORDER BY ?term");
complete("property", "SELECT DISTINCT ?term WHERE { ?s ?term ?o } ORDER BY ?term");
Yasqe.Autocompleters.prefixes.get = () => Object.entries(prefixes).map(([prefix, iri]) => `${prefix}: <${iri}>`);
Yasqe.Autocompleters.prefixes.bulk = true;
Yasqe.Autocompleters.prefixes.persistenceId = undefined;

const query = document.createElement("div");
const results = document.createElement("div");
editor.append(query, results);

const yasqe = new Yasqe(query, {
  value: document.getElementById("query").value,
  requestConfig: { endpoint, method: "POST" },
  persistenceId: null,
  createShareableLink: null,
  resizeable: true,
  autocompleters: ["prefixes", "variables", "class", "property"],
});
/** An IRI in the words of its prefix, where it has one. */
function shorten(iri) {
  const [prefix, start] = Object.entries(prefixes).find(([, start]) => iri.startsWith(start) && iri.length > start.length) ?? [];
  return prefix ? `${prefix}:${iri.slice(start.length)}` : iri;
}

Yasr.registerPlugin("chart", charts(editor.dataset.charts, shorten));
// Plain values to begin with; the view's own switch shows data types and languages.
const plainly = { table: { ...Yasr.defaults.plugins.table, dynamicConfig: { compact: true } } };
const yasr = new Yasr(results, { persistenceId: null, plugins: { ...Yasr.defaults.plugins, ...plainly }, prefixes: () => ({ ...prefixes, ...yasqe.getPrefixesFromQuery() }) });

yasqe.getInputField().setAttribute("aria-label", "SPARQL query");
query.querySelector(".CodeMirror-scroll").setAttribute("tabindex", "0");

/** Mend what the result view leaves: controls without names, and IRIs of ours, which this server answers for. */
function mend() {
  const nameless = (what) => results.querySelectorAll(`${what}:not([aria-label], .plot *)`);
  nameless("select").forEach((select) => select.setAttribute("aria-label", "Rows a page"));
  nameless("input:not([id])").forEach((input) => input.setAttribute("aria-label", input.placeholder || "Option"));
  results.querySelectorAll("th .dt-column-title:empty").forEach((title) => { title.textContent = "#"; });
  results.querySelectorAll(`a[href^="${base}"]`).forEach((link) => { link.href = link.href.replace(base, "/"); });
}
new MutationObserver(mend).observe(results, { childList: true, subtree: true });

let marked = null;

function unmark() {
  if (marked !== null) yasqe.removeLineClass(marked, "background", "at-fault");
  marked = null;
  told.textContent = "";
  results.hidden = false;
}

/** Say what is wrong under the query, and mark the line it is in. */
function mark(problem) {
  results.hidden = true;
  told.textContent = [problem.place && `${problem.place}: `, problem.detail, problem.mend && ` ${problem.mend}`].filter(Boolean).join("");
  if (problem.line) {
    marked = yasqe.addLineClass(problem.line - 1, "background", "at-fault");
    yasqe.setCursor({ line: problem.line - 1, ch: (problem.column || 1) - 1 });
  }
}

function follow() {
  const query = encodeURIComponent(yasqe.getValue());
  permalink.href = `/ask?query=${query}`;
  for (const link of document.querySelectorAll("[data-format]")) link.href = `/sparql?query=${query}&format=${link.dataset.format}`;
}

yasqe.on("change", () => { unmark(); follow(); });
yasqe.on("query", unmark);
yasqe.on("queryResponse", async (_, response, duration) => {
  yasr.setResponse(response, duration);
  const hint = response?.headers?.get?.("Tiesgraph-Hint");
  if (hint) told.textContent = hint;
  // A refused query comes as an Error, whose message is the body of the answer.
  const text = response?.content ?? response?.message ?? "";
  try {
    const problem = JSON.parse(typeof text === "string" ? text : "");
    if (problem.status >= 400) mark(problem);
  } catch {
    // An answer, and no problem document.
  }
});

for (const link of document.querySelectorAll("[data-question]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    yasqe.setValue(new URL(link.href).searchParams.get("query"));
    yasqe.collapsePrefixes(true);
    editor.scrollIntoView({ block: "start" });
    yasqe.query().catch(() => {});
  });
}

plain.hidden = true;
editor.hidden = false;
document.getElementById("keys").hidden = false;
yasqe.refresh();
yasqe.collapsePrefixes(true);
