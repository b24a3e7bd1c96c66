// The map on the day that the timeline shows: stance by colour, own objection by edge, objection because of the war by stripes.

import { escape, follow, longDay, one, signed } from "./chart.js";

export const WAR = 2,
  OWN = 1 | 4; // bits of the reasons for a ballot

export function colourOf(scene, stance) {
  const { low, high, palette } = scene.colours;
  const place = Math.round(((stance - low) / (high - low)) * (palette.length - 1));
  return palette[Math.max(0, Math.min(palette.length - 1, place))];
}

export function why(scene, reason) {
  return Object.entries(scene.reasons)
    .filter(([bit]) => reason & bit)
    .map(([, words]) => words)
    .join(" + ");
}

export function render({ model, el }) {
  el.innerHTML = `<h2 id="map-title">Ballots now</h2><div class="now" aria-live="off"></div><div class="drawn"></div><div class="scale"></div><div class="looks"></div>`;
  one(el, ".drawn").addEventListener("click", ({ target }) => {
    const found = target.closest("[data-code]");
    if (found) model.set("member", found.dataset.code);
  });
  model.on("change:scene", () => base(model, el));
  follow(model, el, "scene course at member", () => paint(model, el));
}

function base(model, el) {
  const scene = model.get("scene");
  one(el, ".drawn").innerHTML = scene.map;
  const { low, high, palette } = scene.colours;
  const at = (100 * (scene.line - low)) / (high - low);
  const stops = palette.filter((_, i) => i % 20 === 0).join(", ");
  one(el, ".scale").innerHTML =
    `<span>opposed −${Math.abs(low)}</span><span class="bar" style="background:linear-gradient(90deg, ${stops})">
    <i style="left:${at}%"></i><b style="left:${at}%">objects below ${signed(scene.line)}</b></span><span>+${high} willing</span>`;
  one(el, ".looks").innerHTML =
    `<span><b class="own"></b>objects by its own stance</span><span><b class="bars"></b>bars while the war is on</span>
    <span><b class="outsider"></b>state without a ballot</span><span><b class="candidate"></b>candidate: ${escape(scene.candidate)}</span>`;
}

function paint(model, el) {
  const scene = model.get("scene"),
    run = model.get("course"),
    at = model.get("at");
  const drawn = one(el, "svg.a10-map");
  if (!scene || !run) return;
  const place = Object.fromEntries(scene.members.map(({ code }, i) => [code, i]));
  const size = scene.members.length;
  const object = run.ballot[at].filter((code) => scene.ballots[code] === "object").length;
  const ratified = run.ratified.filter((step) => step >= 0 && step <= at).length;
  one(el, ".now").innerHTML =
    `<span data-what="date">${longDay(run.days[at])}</span><span data-what="stage">${escape(run.stage[at])}</span>
    <span data-what="war">${run.hot[at] ? "hot war" : "no hot war"}</span><span data-what="would object">${object} of ${size} would object</span>
    <span data-what="ratified">${ratified} of ${size} ratified</span>`;
  if (!drawn) return;
  for (const shape of drawn.querySelectorAll("[data-code]")) {
    const i = place[shape.dataset.code];
    if (i === undefined) continue;
    const stance = run.stance[at][i] / 100,
      reason = run.reason[at][i];
    if (shape.classList.contains("a10-member")) {
      shape.setAttribute("fill", colourOf(scene, stance));
      shape.classList.toggle("chosen", shape.dataset.code === model.get("member"));
      shape.firstElementChild.textContent = `${scene.members[i].name}: ${signed(stance)}, would ${scene.ballots[run.ballot[at][i]]} ${why(scene, reason)}`;
    } else
      shape.setAttribute(
        "visibility",
        reason & (shape.classList.contains("a10-bars") ? WAR : OWN) && scene.ballots[run.ballot[at][i]] === "object"
          ? "visible"
          : "hidden",
      );
  }
  drawn.setAttribute(
    "aria-label",
    `Map of members on ${longDay(run.days[at])}: ${object} of ${size} would object. The table of members says the same in words.`,
  );
}
