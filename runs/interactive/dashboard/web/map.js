// The map on the day that the timeline shows: stance by colour, own objection by edge, objection because of the war by stripes.

import { follow, one } from "./part.js";
import { OWN, WAR, positions } from "./position.js";
import { escape, longDay, signed } from "./words.js";

export function colourOf(scene, stance) {
  const { low, high, palette } = scene.colours;
  const place = Math.round(((stance - low) / (high - low)) * (palette.length - 1));
  return palette[Math.max(0, Math.min(palette.length - 1, place))];
}

export function render({ model, el }) {
  el.innerHTML = `<h2 id="map-title">Ballots now</h2><div class="now" aria-live="off"></div><div class="drawn" tabindex="0" role="group"></div><div class="scale"></div><div class="looks"></div>`;
  one(el, ".drawn").addEventListener("click", ({ target }) => {
    const found = target.closest("[data-code]");
    if (found) model.set("member", found.dataset.code);
  });
  one(el, ".drawn").addEventListener("keydown", (event) => {
    const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (!direction) return;
    event.preventDefault();
    const found = neighbour(el, model.get("member"), direction);
    if (found) model.set("member", found);
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
  if (!run) return;
  const now = positions(scene, run, at),
    size = now.length;
  const object = now.filter(({ objects }) => objects).length,
    ratified = now.filter((each) => each.ratified).length;
  one(el, ".now").innerHTML =
    `<span data-what="date">${longDay(run.days[at])}</span><span data-what="stage">${escape(run.stage[at])}</span>
    <span data-what="war">${run.hot[at] ? "hot war" : "no hot war"}</span><span data-what="would object">${object} of ${size} would object</span>
    <span data-what="ratified">${ratified} of ${size} ratified</span>`;
  if (!drawn) return;
  scene.members.forEach(({ code, name }, i) => {
    const { stance, ballot, reason, why, objects } = now[i];
    for (const shape of drawn.querySelectorAll(`.a10-member[data-code="${code}"]`)) {
      shape.setAttribute("fill", colourOf(scene, stance));
      shape.classList.toggle("chosen", code === model.get("member"));
      shape.firstElementChild.textContent = `${name}: ${signed(stance)}, ${ballot === "ratified" ? "has ratified" : `would ${ballot}`} ${why}`;
    }
    for (const [look, bits] of Object.entries({ bars: WAR, own: OWN }))
      for (const shape of drawn.querySelectorAll(`.a10-${look}[data-code="${code}"]`))
        shape.setAttribute("visibility", objects && reason & bits ? "visible" : "hidden");
  });
  one(el, ".drawn").setAttribute(
    "aria-label",
    `Map of members on ${longDay(run.days[at])}: ${object} of ${size} would object. Arrow keys choose a member; the table of members says the same in words.`,
  );
}

/** The member that lies nearest to the chosen one in a direction, as the map is seen. */
function neighbour(el, code, [right, down]) {
  const places = [...el.querySelectorAll(".a10-member")].map((shape) => {
    const { x, y, width, height } = shape.getBoundingClientRect();
    return { code: shape.dataset.code, x: x + width / 2, y: y + height / 2 };
  });
  const from = places.find((each) => each.code === code) ?? places[0];
  const ahead = places
    .map((each) => {
      const [dx, dy] = [each.x - from.x, each.y - from.y];
      const along = dx * right + dy * down;
      return { code: each.code, along, far: along + 2 * Math.abs(dx * down + dy * right) };
    })
    .filter(({ along }) => along > 1);
  return ahead.sort((a, b) => a.far - b.far)[0]?.code;
}
