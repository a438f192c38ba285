// A file that is chosen, or dropped on the text, is read into the text; its name tells how it is written.
const text = document.getElementById("document");
const type = document.getElementById("type");
const file = document.getElementById("file");
const TYPES = {
  ttl: "text/turtle",
  nt: "application/n-triples",
  rdf: "application/rdf+xml",
  owl: "application/rdf+xml",
  xml: "application/rdf+xml",
  jsonld: "application/ld+json",
  json: "application/ld+json",
  trig: "application/trig",
  nq: "application/n-quads",
};

async function take(chosen) {
  if (!chosen) return;
  text.value = await chosen.text();
  const kind = TYPES[chosen.name.split(".").pop().toLowerCase()];
  if (kind) type.value = kind;
}

document.getElementById("drop").hidden = false;
file.addEventListener("change", () => take(file.files[0]));
text.addEventListener("dragover", (event) => event.preventDefault());
text.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return;
  event.preventDefault();
  take(event.dataTransfer.files[0]);
});
