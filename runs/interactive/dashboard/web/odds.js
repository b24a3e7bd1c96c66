// The odds: how often the candidate is a member at the horizon, and how much that differs from what is pinned.

import { follow, one } from "./part.js";
import { escape, minus, percent } from "./words.js";

export function render({ model, el }) {
  el.innerHTML = `<h2 id="odds-title">Odds of membership <progress aria-label="Runs are being simulated"></progress></h2><div class="odds-body" aria-live="polite" aria-atomic="true"></div>
    <div class="row"><button type="button" class="pin"></button></div>
    <p class="hint compared"></p>`;
  one(el, ".pin").onclick = () => model.set("pinned", isPinned(model) ? {} : { ...model.get("changes") });
  follow(model, el, "ensemble behind pinned changes scene", () => draw(model, el));
}

const isPinned = (model) => Object.keys(model.get("pinned")).length > 0;

function draw(model, el) {
  const shown = model.get("ensemble"),
    scene = model.get("scene");
  one(el, "progress").hidden = !model.get("behind");
  const pin = one(el, ".pin");
  pin.textContent = isPinned(model) ? "Unpin A" : "Pin these parameters as A";
  pin.parentElement.hidden = !isPinned(model) && !Object.keys(model.get("changes")).length;
  if (!shown || !scene) return;
  const { odds } = shown;
  one(el, ".odds-body").innerHTML =
    `<p class="big">${percent(odds.share)}</p><p class="said"><b>${escape(odds.frequency)}</b>:
    ${escape(scene.candidate)} is a member by ${escape(odds.horizon)}
    <span class="hint">in ${escape(shown.counted)}; 95% CI ${percent(odds.low)} to ${percent(odds.high)}, simulation uncertainty only: not how sure
    the model is of the world</span></p>`;
  one(el, ".compared").innerHTML = compared(shown);
}

/** The paired difference between A, what is pinned or the scenario as given, and B, what the parameters say now. */
function compared(shown) {
  const other = shown.reference,
    a = shown.pinned ? "A, pinned" : "A, the scenario as given";
  const command = `<code>${escape(shown.command)}</code>`;
  if (!other) return command;
  const { difference } = other;
  return `${a}: ${percent(other.odds.share, 1)}. B, these parameters: ${percent(shown.odds.share, 1)}. Difference in the same runs:
    <b>${escape(minus(difference.text))}</b> (95% CI, simulation uncertainty only); ${difference.gained} runs gain membership, ${difference.lost} lose it.
    ${difference.detected ? "" : "These runs do not distinguish it from zero."} ${command}`;
}
