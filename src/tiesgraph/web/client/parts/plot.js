// Rows of an answer as a chart: which columns to draw, and the Vega-Lite specification that draws them.
const NUMBERS = /#(integer|decimal|double|float|int|long|nonNegativeInteger)$/;
const TIMES = /#(date|dateTime|gYear|gYearMonth)$/;

const MARKS = { bar: { type: "bar" }, line: { type: "line", point: true }, point: { type: "circle", size: 80, opacity: 0.8 } };
const COLOURS = 8;
const TYPES = { number: "quantitative", time: "temporal", text: "nominal" };

/** What a column holds: "number", "time" or "text"; null where it is empty. */
function kindOf(name, rows) {
  const terms = rows.map((row) => row[name]).filter(Boolean);
  if (terms.length === 0) return null;
  if (terms.every((term) => NUMBERS.test(term.datatype ?? ""))) return "number";
  return terms.every((term) => TIMES.test(term.datatype ?? "")) ? "time" : "text";
}

/** The columns of an answer by what they hold, in their order; empty ones left out. */
export function columnsOf(names, rows) {
  const found = { number: [], time: [], text: [] };
  for (const name of names) found[kindOf(name, rows)]?.push(name);
  return found;
}

/** Columns to begin with: a number drawn over a time, else over a name; null where there is nothing to draw. */
export function firstChoice(columns, rows) {
  const [value, second] = columns.number;
  const whole = (name) => rows.every((row) => row[name]);
  const time = columns.time.find(whole);
  // Of several names the one that tells the rows apart is drawn over, and the one with fewest values colours.
  const values = (name) => new Set(rows.map((row) => row[name]?.value)).size;
  const texts = columns.text.toSorted((one, other) => values(other) - values(one));
  const over = time ?? texts[0] ?? columns.time[0] ?? second;
  if (!value || !over) return null;
  const by = texts.filter((name) => name !== over && values(name) <= COLOURS).at(-1) ?? "";
  return { value, over, by, mark: over === texts[0] ? "bar" : "point" };
}

const plain = (term) => (NUMBERS.test(term.datatype ?? "") ? Number(term.value) : term.value);

/** The specification for a choice of columns. */
export function specificationOf({ value, over, by, mark }, columns, rows, name) {
  const kind = Object.keys(columns).find((one) => columns[one].includes(over));
  const values = rows
    .filter((row) => row[value] && row[over])
    .map((row) => Object.fromEntries(Object.entries(row).map(([key, term]) => [key, term.type === "uri" ? name(term.value) : plain(term)])));
  const amount = { field: value, type: "quantitative", title: value };
  const along = { field: over, type: TYPES[kind], title: kind === "text" ? null : over };
  const names = { ...along, sort: null, axis: { labelLimit: 320 } };
  const upright = kind !== "text";
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    description: `${value} by ${over}`,
    data: { values },
    width: "container",
    height: upright ? 320 : { step: 26 },
    autosize: { type: "fit-x", contains: "padding" },
    mark: { ...MARKS[mark], tooltip: true },
    encoding: {
      x: upright ? along : amount,
      y: upright ? amount : names,
      ...(by ? { color: { field: by, type: "nominal", title: by } } : {}),
      tooltip: [over, value, by].filter(Boolean).map((field) => ({ field, title: field })),
    },
  };
}
