// The timeline of the run that is open: war, councils, elections, spells, objections; play, scrub, jump.

import { Chart } from "./chart.js";
import { follow, one, widthOf } from "./part.js";
import { LEFT, RIGHT, rowsOfRun, stripOf } from "./strip.js";
import { longDay, time } from "./words.js";

const PACES = { 1: "week", 4: "4 weeks", 13: "quarter", 26: "half year" };
const SPEEDS = { 4: "slow", 10: "normal", 20: "fast" };
const LABEL =
  "Timeline of the run: hot war, stages, councils, elections, spells in which a member stands in the way, and how many members would object; the news say the same in words";
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
  const chart = new Chart(one(el, ".strip"));
  let playing = 0,
    rows = {};
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
    if (!action || !model.get("course")) return;
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
  const draw = () => {
    const run = model.get("course"),
      at = model.get("at");
    if (!run) return;
    const width = widthOf(el) - LEFT - RIGHT;
    const member = model.get("member");
    if (rows.run !== run || rows.member !== member || rows.width !== width)
      rows = { run, member, width, data: rowsOfRun(run, model.get("scene"), member, width) };
    chart.draw(LABEL, stripOf(run, width, model.get("scene").members.length), rows.data, { now: time(run.days[at]) });
    one(el, "h2").textContent = `Run ${model.get("run")} of seed ${model.get("seed")}, week by week`;
    const scrub = one(el, ".scrub");
    scrub.max = last();
    scrub.style.marginLeft = `${LEFT - 8}px`;
    scrub.style.width = `calc(100% - ${LEFT + RIGHT - 16}px)`;
    scrub.value = at;
    scrub.setAttribute("aria-valuetext", longDay(run.days[at]));
  };
  follow(model, el, "course member scene at", draw);
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
