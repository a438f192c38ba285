// The pictures: each place in the page names its Vega-Lite specification, which names its rows.
// Expressions are interpreted rather than compiled, so that the page's policy may forbid code made from text.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Colours and type from the style sheet, so that a picture looks like the page around it. */
function look() {
  const style = getComputedStyle(document.documentElement);
  const value = (name, fallback) => style.getPropertyValue(name).trim() || fallback;
  const ink = value("--ink", "#1b2430");
  const quiet = value("--quiet", "#5b6675");
  const line = value("--line", "#d9dfe6");
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: null,
    font,
    view: { stroke: null },
    axis: { labelColor: quiet, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal" },
    legend: { labelColor: quiet, titleColor: quiet, titleFontWeight: "normal", orient: "bottom", labelFontSize: 12, titleFontSize: 12 },
    header: { labelColor: ink, labelFontSize: 13, labelFontWeight: 600 },
    title: { color: ink },
    text: { color: ink },
    range: { category: dark.matches
      ? ["#7fb4ff", "#f0a95c", "#6fcf97", "#e58fb1", "#c3a6ff", "#e0d06c", "#8fd3d8", "#b9c2cc"]
      : ["#1f5fa8", "#b85c00", "#24794a", "#a8336a", "#6a4bb3", "#857100", "#1d7a80", "#5b6675"] },
  };
}

/** The whole is one image with a name, and the table below tells its parts: nothing in it is named or stopped at. */
function hush(place) {
  place.querySelectorAll("svg:not([aria-hidden])").forEach((svg) => svg.setAttribute("aria-hidden", "true"));
  place.querySelectorAll("svg a:not([tabindex])").forEach((link) => link.setAttribute("tabindex", "-1"));
}

async function draw(place) {
  const response = await fetch(place.dataset.chart);
  if (!response.ok) throw new Error(`${place.dataset.chart}: ${response.status}`);
  const specification = await response.json();
  // The page has the title as its heading.
  delete specification.title;
  new MutationObserver(() => hush(place)).observe(place, { childList: true, subtree: true });
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", specification.description);
  await embed(place, specification, {
    actions: false, ast: true, expr: expressionInterpreter, renderer: "svg", config: look(), defaultStyle: false, logLevel: 1,
    tooltip: { disableDefaultStyle: true },
  });
  place.dataset.drawn = "true";
}

async function drawAll() {
  for (const place of document.querySelectorAll("[data-chart]")) {
    try {
      await draw(place);
    } catch (error) {
      place.dataset.drawn = "false";
      place.textContent = `The picture cannot be drawn (${error.message}); the table below has its numbers.`;
    }
  }
}

dark.addEventListener("change", drawAll);
await drawAll();
