// Which scenario, seed and run are shown; a number that is refused is explained and changes nothing.

import { follow, one } from "./part.js";
import { escape } from "./words.js";

export function render({ model, el }) {
  el.innerHTML = `<label>Scenario <select class="scenario"></select></label><label>Seed <input class="seed" inputmode="numeric" size="6"></label>
    <label>Run <input class="run" inputmode="numeric" size="4"></label><span class="title"></span>`;
  one(el, ".scenario").onchange = ({ target }) => model.emit("open:scenario", target.value);
  for (const name of ["seed", "run"]) one(el, `.${name}`).onchange = ({ target }) => number(model, name, target);
  const show = () => {
    const scene = model.get("scene");
    if (!scene) return;
    one(el, ".scenario").innerHTML = scene.scenarios
      .map((name) => `<option${name === model.get("scenario") ? " selected" : ""}>${escape(name)}</option>`)
      .join("");
    one(el, ".title").textContent = scene.title;
    for (const name of ["seed", "run"]) one(el, `.${name}`).value = model.get(name);
  };
  follow(model, el, "scene seed run scenario", show);
}

const LARGEST = 2n ** 63n - 1n;

function number(model, name, input) {
  const text = input.value.trim();
  const isWhole = /^[0-9]+$/.test(text) && BigInt(text) <= LARGEST;
  input.setCustomValidity(isWhole ? "" : `The ${name} is a whole number from 0 to ${LARGEST}.`);
  input.reportValidity();
  if (isWhole) model.set(name, String(BigInt(text)));
}
