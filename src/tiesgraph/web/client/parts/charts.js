// The result view's charts. The drawing library is fetched when somebody looks at one, and not before.
import { columnsOf, firstChoice, specificationOf } from "./plot.js";

const ICON = '<svg viewBox="0 0 24 24" width="15" height="15"><path d="M3 3h2v16h16v2H3z M8 11h3v6H8z M13 6h3v11h-3z M18 9h3v8h-3z"/></svg>';

function select(label, choices, chosen, changed) {
  const field = document.createElement("label");
  const list = document.createElement("select");
  for (const [value, text] of choices) list.add(new Option(text, value, false, value === chosen));
  list.addEventListener("change", () => changed(list.value));
  field.append(label, list);
  return field;
}

const same = (names) => names.map((name) => [name, name]);

/**
 * The plugin for the result view.
 * @param library the address of the module that draws.
 * @param name what to call an IRI.
 */
export function charts(library, name) {
  return class Chart {
    priority = 5;
    label = "Chart";

    constructor(yasr) {
      this.yasr = yasr;
    }

    canHandleResults() {
      const results = this.yasr.results;
      if (!results?.getVariables || results.hasError() || !results.getBindings()?.length) return false;
      const rows = results.getBindings();
      return firstChoice(columnsOf(results.getVariables(), rows), rows) !== null;
    }

    getIcon() {
      const icon = document.createElement("span");
      icon.innerHTML = ICON;
      return icon.firstElementChild;
    }

    async draw() {
      const rows = this.yasr.results.getBindings();
      const columns = columnsOf(this.yasr.results.getVariables(), rows);
      const choice = firstChoice(columns, rows);
      const place = document.createElement("div");
      place.dataset.chart = "";
      const { chart } = await import(library);
      const redraw = () => chart(place, specificationOf(choice, columns, rows, name));
      const set = (what) => (value) => { choice[what] = value; redraw(); };
      const every = [...columns.time, ...columns.text, ...columns.number];
      const fields = document.createElement("div");
      fields.className = "fields plot";
      fields.append(
        select("Number", same(columns.number), choice.value, set("value")),
        select("Over", same(every), choice.over, set("over")),
        select("Colour", [["", "none"], ...same(columns.text)], choice.by, set("by")),
        select("Drawn as", [["bar", "bars"], ["line", "line"], ["point", "points"]], choice.mark, set("mark")),
      );
      this.yasr.resultsEl.append(fields, place);
      await redraw();
    }
  };
}
