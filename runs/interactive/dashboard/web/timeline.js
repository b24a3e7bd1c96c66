// The timeline of the run that is open: war, councils, elections, spells, objections; play, scrub, jump.

import { escape, follow, frame, longDay, one, path, svg, time, widthOf } from "./chart.js";
import { OWN, WAR } from "./map.js";

const PACES = { 1: "week", 4: "4 weeks", 13: "quarter", 26: "half year" };
const SPEEDS = { 4: "slow", 10: "normal", 20: "fast" };
const options = (choices, chosen) =>
  Object.entries(choices)
    .map(([value, words]) => `<option value="${value}"${Number(value) === chosen ? " selected" : ""}>${words}</option>`)
    .join("");

export function render({ model, el }) {
  el.innerHTML = `<h2 id="timeline-title">One run</h2><div class="strip"></div>
    <input type="range" class="scrub" min="0" max="1" step="1" value="0" aria-label="Week of the run">
    <div class="row buttons"><button type="button" data-do="start">Start</button><button type="button" data-do="back">Back</button>
    <button type="button" data-do="play" class="strong">Play</button><button type="button" data-do="step">Step</button>
    <button type="button" data-do="council">Next council</button><button type="button" data-do="change">Next change</button></div>
    <div class="row"><label>Step <select class="pace">${options(PACES, 4)}</select></label><label>Speed <select class="speed">${options(SPEEDS, 10)}</select></label></div>`;
  let playing = 0;
  const pace = () => Number(one(el, ".pace").value);
  const last = () => (model.get("course")?.days.length ?? 1) - 1;
  const go = (at) => model.set("at", Math.max(0, Math.min(last(), at)));
  const stop = () => {
    clearInterval(playing);
    playing = 0;
    one(el, "[data-do=play]").textContent = "Play";
  };
  const begin = () => {
    if (model.get("at") >= last()) go(0);
    one(el, "[data-do=play]").textContent = "Pause";
    playing = setInterval(
      () => {
        go(model.get("at") + pace());
        if (model.get("at") >= last()) stop();
      },
      1000 / Number(one(el, ".speed").value),
    );
  };
  const actions = {
    start: () => go(0),
    back: () => go(model.get("at") - pace()),
    step: () => go(model.get("at") + pace()),
    play: () => (playing ? stop() : begin()),
    council: () => go(nextCouncil(model)),
    change: () => go(nextChange(model)),
  };
  el.addEventListener("click", ({ target }) => {
    const action = target.dataset?.do;
    if (!action) return;
    if (action !== "play") stop();
    actions[action]();
  });
  one(el, ".speed").onchange = () => {
    if (playing) {
      stop();
      begin();
    }
  };
  one(el, ".scrub").oninput = ({ target }) => {
    stop();
    go(Number(target.value));
  };
  one(el, ".strip").onclick = ({ clientX, currentTarget }) => {
    const run = model.get("course"),
      box = currentTarget.getBoundingClientRect();
    if (run) go(Math.round(((clientX - box.left - LEFT) / (box.width - LEFT - RIGHT)) * last()));
  };
  model.on("change:run change:scenario change:seed", stop);
  follow(model, el, "course member scene", () => draw(model, el));
  follow(model, el, "at course", () => point(model, el));
}

const stepAfter = (run, day) => run.days.findIndex((each) => each > day);

function nextCouncil(model) {
  const run = model.get("course"),
    now = run.days[model.get("at")];
  const found = run.councils.map(([day]) => stepAfter(run, day)).find((step) => step > model.get("at"));
  return found ?? (now ? run.days.length - 1 : 0);
}

/** The next week in which a ballot, the stage or the war changes. */
function nextChange(model) {
  const run = model.get("course");
  for (let step = model.get("at") + 1; step < run.days.length; step += 1)
    if (
      run.stage[step] !== run.stage[step - 1] ||
      run.hot[step] !== run.hot[step - 1] ||
      run.ballot[step].some((code, i) => code !== run.ballot[step - 1][i])
    )
      return step;
  return run.days.length - 1;
}

const LEFT = 92,
  RIGHT = 10,
  ROW = 17;

/** Stretches in which a value holds, as pairs of steps. */
function stretches(flags) {
  const found = [];
  flags.forEach((flag, step) => {
    if (flag && !flags[step - 1]) found.push([step, step]);
    if (flag) found.at(-1)[1] = step + 1;
  });
  return found;
}

function draw(model, el) {
  const run = model.get("course"),
    scene = model.get("scene");
  if (!run || !scene) return;
  const width = widthOf(el),
    rows = ["hot war", "stage", "councils", "elections", "spells"],
    top = 4;
  const chart = top + rows.length * ROW + 4,
    height = chart + 70;
  const days = run.days,
    x = (day) => at.x(day),
    size = scene.members.length;
  const at = frame({
    width,
    height,
    days,
    low: 0,
    high: size,
    ticks: [0, size / 2, size],
    format: (tick) => Math.round(tick),
    left: LEFT,
    right: RIGHT,
    top: chart,
  });
  const edge = (step) => x(days[Math.min(step, days.length - 1)]);
  const mid = (row) => top + (row + 0.5) * ROW;
  const block = (row, [from, to], kind, title) =>
    `<rect class="${kind}" x="${edge(from).toFixed(1)}" y="${mid(row) - 6}" width="${Math.max(1.5, edge(to) - edge(from)).toFixed(1)}" height="12"><title>${escape(title)}</title></rect>${
      row === 1 && edge(to) - edge(from) > 70
        ? `<text class="named" x="${(edge(from) + 5).toFixed(1)}" y="${mid(row) + 4}">${escape(title.split(" from ")[0])}</text>`
        : ""
    }`;
  const tick = (row, day, kind, title, half = 6) =>
    `<line class="${kind}" x1="${x(day).toFixed(1)}" x2="${x(day).toFixed(1)}" y1="${mid(row) - half}" y2="${mid(row) + half}"><title>${escape(title)}</title></line>`;
  const member = model.get("member"),
    place = scene.members.findIndex(({ code }) => code === member);
  const stages = [...new Set(run.stage)].filter((stage) => stage !== "aspirant");
  const parts = [
    ...rows.map(
      (name, row) => `<text class="tick" x="${LEFT - 6}" y="${mid(row) + 3.5}" text-anchor="end">${name}</text>`,
    ),
    `<text class="tick" x="${LEFT - 26}" y="${chart + 22}" text-anchor="end">would</text><text class="tick" x="${LEFT - 26}" y="${chart + 35}" text-anchor="end">object</text>`,
    ...stretches(run.hot).map((span) => block(0, span, "war", `Hot war from ${longDay(days[span[0]])}`)),
    ...stages.flatMap((stage) =>
      stretches(run.stage.map((each) => each === stage)).map((span) =>
        block(1, span, `stage s-${stage.replace(/ /g, "-")}`, `${stage} from ${longDay(days[span[0]])}`),
      ),
    ),
    ...run.councils.map(([day, kind, put, passes]) =>
      tick(
        2,
        day,
        passes ? "passed" : put ? "put" : "held",
        `${longDay(day)}: ${kind}; ${passes ? "the question passes" : put ? "the question is put" : "the question is not put"}`,
        put || passes ? 7 : 4,
      ),
    ),
    ...run.story
      .filter(([, kind]) => kind === "election")
      .map(([day, , text, codes]) =>
        tick(
          3,
          day,
          codes.includes(member) ? "own" : "held",
          `${longDay(day)}: ${text}`,
          codes.includes(member) ? 7 : 4,
        ),
      ),
    ...run.spells.map(([i, ...span]) =>
      block(
        4,
        span,
        i === place ? "hold own" : "hold",
        `${scene.members[i].name} stands in the way from ${longDay(days[span[0]])}`,
      ),
    ),
    curve(
      run,
      scene,
      at,
      (codes) => codes.filter((reason) => reason & (OWN | WAR) && !(reason & 16)).length,
      "objecting",
    ),
    curve(run, scene, at, (codes) => codes.filter((reason) => reason & OWN && !(reason & 16)).length, "objecting own"),
  ];
  one(el, "h2").innerHTML = `Run ${escape(model.get("run"))} of seed ${escape(model.get("seed"))}, week by week`;
  one(el, ".strip").innerHTML = svg(
    width,
    height,
    "Timeline of the run: hot war, stages, councils, elections, spells in which a member stands in the way, and how many members would object; the news say the same in words",
    `${at.drawn}${parts.join("")}<line class="cursor" y1="0" y2="${height - 22}"/>`,
  );
  const scrub = one(el, ".scrub");
  scrub.max = days.length - 1;
  scrub.style.marginLeft = `${LEFT - 8}px`;
  scrub.style.width = `calc(100% - ${LEFT + RIGHT - 16}px)`;
  point(model, el);
}

function curve(run, scene, at, count, kind) {
  const steps = run.days.map((_, step) => step).filter((step) => step % 2 === 0);
  return `<path class="${kind}" d="${path(
    steps.map((step) => at.x(run.days[step])),
    steps.map((step) => at.y(count(run.reason[step]))),
  )}"/>`;
}

function point(model, el) {
  const run = model.get("course"),
    cursor = one(el, ".cursor"),
    scrub = one(el, ".scrub");
  if (!run || !cursor) return;
  const at = model.get("at"),
    width = one(el, "svg").viewBox.baseVal.width;
  const x =
    LEFT +
    ((time(run.days[at]) - time(run.days[0])) / (time(run.days.at(-1)) - time(run.days[0]))) * (width - RIGHT - LEFT);
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  scrub.value = at;
  scrub.setAttribute("aria-valuetext", longDay(run.days[at]));
}
