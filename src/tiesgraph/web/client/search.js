// The search answers while one types, and is worked by keys: / to the box, arrows through the hits, Enter to open, Escape back to the box.
const box = document.getElementById("q");
const form = document.getElementById("search");
let waiting;
let last = box.value;

async function refresh() {
  if (box.value === last) return;
  last = box.value;
  const address = `/search?${new URLSearchParams(new FormData(form))}`;
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok || box.value !== last) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.getElementById("results").replaceWith(page.getElementById("results"));
  history.replaceState(null, "", address);
}

box.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 150);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && document.activeElement !== box) {
    event.preventDefault();
    box.select();
    box.focus();
  }
  // From a hit back to the box; in the box the browser itself empties it.
  if (event.key === "Escape" && document.activeElement !== box) box.focus();
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const stops = [box, ...document.querySelectorAll("#results .hits a")];
  const now = stops.indexOf(document.activeElement);
  const next = stops[now + (event.key === "ArrowDown" ? 1 : -1)];
  if (now === -1 || !next) return;
  event.preventDefault();
  next.focus();
});
