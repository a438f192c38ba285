// The pictures: each place in the page names its Vega-Lite specification, which names its rows.
// Expressions are interpreted rather than compiled, so that the page's policy may forbid code made from text.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";
import { fitted } from "./parts/fit.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Colours and type from the style sheet, so that a picture looks like the page around it; closer together where it is narrow. */
function look(narrow) {
  const style = getComputedStyle(document.documentElement);
  const value = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const ink = value("--ink", "#1b2430");
  const quiet = value("--quiet", "#5b6675");
  const line = value("--line", "#d9dfe6");
  const paper = value("--paper", "#ffffff");
  const accent = value("--accent", "#1a5599");
  const font = getComputedStyle(document.body).fontFamily;
  const text = { labelColor: quiet, titleColor: quiet, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" };
  // From hardly there to all of it, on paper of either kind.
  const ramp = dark.matches
    ? ["#2b4363", "#41628f", "#5880ba", "#6f9bde", "#86b7ff"]
    : ["#c9dbef", "#9dbde0", "#719cca", "#4578b2", "#1a5599"];
  return {
    background: null,
    font,
    view: { stroke: null },
    mark: { color: accent },
    style: { "on-strong": { color: paper, fontSize: 12 }, "on-weak": { color: ink, fontSize: 12 } },
    axis: { ...text, gridColor: line, domainColor: line, tickColor: line },
    legend: { ...text, orient: "bottom", symbolStrokeWidth: 4, ...(narrow ? { columns: 2, columnPadding: 8, labelFontSize: 11 } : { columns: 8, columnPadding: 16 }) },
    header: { labelColor: ink, labelFontSize: 13, labelFontWeight: 600 },
    title: { color: ink },
    range: {
      category: dark.matches
        ? ["#7fb4ff", "#f0a95c", "#6fcf97", "#e58fb1", "#c3a6ff", "#e0d06c", "#8fd3d8", "#b9c2cc"]
        : ["#1f5fa8", "#b85c00", "#24794a", "#a8336a", "#6a4bb3", "#857100", "#1d7a80", "#5b6675"],
      heatmap: ramp,
      ordinal: ramp,
      ramp,
    },
  };
}

/** The whole is one image with a name, and the table below tells its parts: nothing in it is named or stopped at. */
function hush(place) {
  place.querySelectorAll("svg:not([aria-hidden])").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
  place.querySelectorAll("svg a:not([tabindex])").forEach((link) => link.setAttribute("tabindex", "-1"));
}

const NARROW = 560;
const OPTIONS = {
  actions: false, ast: true, expr: expressionInterpreter, renderer: "svg", defaultStyle: false, logLevel: 1,
  tooltip: { disableDefaultStyle: true },
};

const drawings = new Map();

async function specificationOf(place) {
  const response = await fetch(place.dataset.chart);
  if (!response.ok) throw new Error(`${place.dataset.chart}: ${response.status}`);
  const specification = await response.json();
  // The page has the title as its heading.
  delete specification.title;
  return specification;
}

function prepare(place, specification) {
  if (!drawings.has(place)) new MutationObserver(() => hush(place)).observe(place, { childList: true, subtree: true });
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", specification.description);
  drawings.set(place, { ...drawings.get(place), specification, width: 0 });
}

async function draw(place) {
  const drawing = drawings.get(place);
  drawing.width = place.clientWidth;
  drawing.drawn?.finalize();
  const config = look(drawing.width < NARROW);
  drawing.drawn = await embed(place, fitted(drawing.specification, drawing.width), { ...OPTIONS, config });
  place.dataset.drawn = "true";
}

/** Do it, or say in the place itself that it cannot be done. */
async function attempt(work, place) {
  try {
    await work(place);
  } catch (error) {
    drawings.delete(place);
    place.dataset.drawn = "false";
    place.textContent = `The picture cannot be drawn (${error.message}); the table below has its numbers.`;
  }
}

const redraw = () => Promise.all([...drawings.keys()].map((place) => attempt(draw, place)));

let waiting;
const resized = new ResizeObserver((entries) => {
  const changed = entries.filter(({ target }) => drawings.has(target) && drawings.get(target).width !== target.clientWidth);
  clearTimeout(waiting);
  if (changed.length) waiting = setTimeout(redraw, 100);
});

/** Draw a specification in a place of the page, which may have another drawing. */
export async function chart(place, specification) {
  prepare(place, specification);
  await attempt(draw, place);
  resized.observe(place);
}

for (const place of document.querySelectorAll("[data-chart]:not([data-chart=''])")) {
  await attempt(async () => chart(place, await specificationOf(place)), place);
}
dark.addEventListener("change", redraw);
