// The pictures: a Vega-Lite specification from the page, interpreted rather than compiled, so that no code is evaluated.
import embed from "vega-embed";
import { expressionInterpreter } from "vega-interpreter";

for (const place of document.querySelectorAll("[data-chart]")) {
  const response = await fetch(place.dataset.chart);
  await embed(place, await response.json(), { actions: false, ast: true, expr: expressionInterpreter, renderer: "svg" });
}
