// What can be taken away: a link, a picture, the outcomes, the scenario with these parameters, a brief.

import { one } from "./part.js";

const PICTURES = {
  map: "#map svg",
  dots: "#ensemble .dots svg",
  curve: "#ensemble .curve svg",
  timeline: "#timeline svg",
  fan: "#member .fan svg",
  waterfall: "#member .why svg",
  years: "#member .years svg",
  network: "#network svg",
};
const LOOKS = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-opacity",
  "stroke-dasharray",
  "font-size",
  "font-family",
  "font-weight",
  "text-anchor",
  "visibility",
  "paint-order",
];

export function render({ model, el }) {
  el.innerHTML = `<button type="button" class="link">Copy link</button><details class="menu"><summary>Download</summary><div>
    <label>Picture <select>${Object.keys(PICTURES)
      .map((name) => `<option>${name}</option>`)
      .join("")}</select></label>
    <button type="button" data-picture="svg">SVG</button><button type="button" data-picture="png">PNG</button><hr>
    <button type="button" data-file="outcomes">Outcomes of the runs (CSV)</button><button type="button" data-file="scenario">Scenario with these parameters (TOML)</button>
    <button type="button" data-file="brief">Brief on these parameters (HTML; takes a minute)</button>
    <button type="button" data-file="report">Report on these parameters (HTML; takes a minute)</button></div></details><span class="done" role="status"></span>`;
  const done = one(el, ".done");
  one(el, ".link").hidden = !model.get("hasAddress");
  one(el, ".link").onclick = async () => {
    await navigator.clipboard.writeText(location.href).then(
      () => {
        done.textContent = "Link copied.";
      },
      () => {
        done.textContent = location.href;
      },
    );
  };
  el.addEventListener("click", ({ target }) => {
    if (target.dataset.file) model.emit("write", target.dataset.file);
    if (target.dataset.picture) picture(el.getRootNode(), one(el, "select").value, target.dataset.picture);
  });
  el.addEventListener("keydown", (event) => {
    if (event.key === "Escape") one(el, "details").open = false;
  });
  model.on("change:writing", (file) => {
    done.textContent = file ? "Being written …" : "";
  });
}

export function save(name, blob) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

async function picture(root, name, kind) {
  const drawn = root.querySelector(PICTURES[name]);
  if (!drawn) return;
  const text = standing(drawn),
    blob = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") {
    save(`${name}.svg`, blob);
    return;
  }
  const image = new Image();
  image.src = URL.createObjectURL(blob);
  await image.decode();
  const canvas = document.createElement("canvas"),
    box = drawn.getBoundingClientRect();
  [canvas.width, canvas.height] = [Math.round(2 * box.width), Math.round(2 * box.height)];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  canvas.toBlob((png) => save(`${name}.png`, png));
}

/** The text of a picture that keeps its looks without the page. */
function standing(drawn) {
  const copy = drawn.cloneNode(true),
    box = drawn.getBoundingClientRect();
  const sources = [drawn, ...drawn.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((each, i) => {
    const looks = getComputedStyle(sources[i]);
    each.setAttribute("style", LOOKS.map((look) => `${look}:${looks.getPropertyValue(look)}`).join(";"));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", box.width);
  copy.setAttribute("height", box.height);
  const ground = getComputedStyle(drawn).backgroundColor,
    page = getComputedStyle(drawn.closest(".panel")).backgroundColor;
  copy.style.background = ground === "rgba(0, 0, 0, 0)" ? page : ground;
  return new XMLSerializer().serializeToString(copy);
}
