// The influence network, coloured by the stances of the day that the timeline shows.

import { follow, one } from "./part.js";
import { signed } from "./words.js";
import { colourOf } from "./map.js";

export function render({ model, el }) {
  el.innerHTML = `<h2 id="network-title">Who influences whom</h2><div class="drawn"></div>
    <p class="hint">Arrows lead to each member from the two that influence it most; weaker ties are left out. Colour: stance now. Area: influence weight. Click a member.</p>`;
  one(el, ".drawn").addEventListener("click", ({ target }) => {
    const found = target.closest("[data-code]");
    if (found) model.set("member", found.dataset.code);
  });
  model.on("change:scene", (scene) => {
    one(el, ".drawn").innerHTML = scene.network;
  });
  follow(model, el, "scene course at member", () => paint(model, el));
}

function paint(model, el) {
  const scene = model.get("scene"),
    run = model.get("course");
  if (!scene || !run) return;
  scene.members.forEach(({ code, name }, i) => {
    const dot = one(el, `circle[data-code="${code}"]`);
    if (!dot) return;
    const stance = run.stance[model.get("at")][i] / 100;
    dot.setAttribute("fill", colourOf(scene, stance));
    dot.classList.toggle("chosen", code === model.get("member"));
    dot.firstElementChild.textContent = `${name}: ${signed(stance)}`;
  });
}
