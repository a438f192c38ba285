// A specification made to fit the place it is drawn in: a phone has no room for names beside their rows.
const ROW = 44;

/** All single views of a specification: itself, or those that it puts together. */
function* views(specification) {
  const inner = [...(specification.vconcat ?? []), ...(specification.spec ? [specification.spec] : [])];
  if (inner.length === 0) yield specification;
  for (const view of inner) yield* views(view);
}

/** The marks of a view: its own, or those of its layers. */
const marks = (view) => (view.layer ?? [view]).filter((layer) => layer.mark);
const kind = (layer) => layer.mark.type ?? layer.mark;

/** Where long names would take half the width or more, put the name of each row over it, and let the rows have the whole. */
function nameOver(view, width) {
  const y = view.encoding?.y;
  const limit = y?.axis?.labelLimit;
  if (!limit || width > 2.2 * limit || !view.height?.step || marks(view).some((layer) => kind(layer) === "rect")) return;
  y.axis = { ...y.axis, labelAlign: "left", labelPadding: 0, labelOffset: -16, labelLimit: width, ticks: false, domain: false };
  view.height = { step: Math.max(view.height.step, ROW) };
  for (const layer of marks(view)) {
    if (kind(layer) === "bar") layer.mark = { ...(layer.mark.type ? layer.mark : { type: layer.mark }), height: 16 };
  }
}

/**
 * The specification for a place of that width, in pixels. Of its `usermeta`, `aspect` is the height as a part of the width,
 * and `margin` what its axes take of the width, where several views stand together and cannot work it out.
 */
export function fitted(specification, width) {
  const it = structuredClone(specification);
  const { aspect, margin } = it.usermeta ?? {};
  if (aspect) it.height = Math.round(width * aspect);
  for (const view of views(it)) {
    nameOver(view, width);
    if (view.width === "container") view.width = margin ? width - margin : width;
  }
  return it;
}
