// The ensemble: every run as a dot, coloured by its outcome, and the share of runs that are members by each date.

import { band, escape, follow, frame, longDay, one, path, percent, svg, widthOf } from "./chart.js";

const ROWS = 10;

export function render({ model, el }) {
  el.innerHTML = `<h2 id="ensemble-title">300 possible courses</h2><p class="legend"></p><div class="dots" tabindex="0" role="group"
    aria-describedby="dots-help"></div><p class="hint" id="dots-help">Each dot is a run; click one to open it, or move with the arrow keys and press Enter.
    <span class="at" role="status"></span></p><div class="curve"></div>`;
  const dots = one(el, ".dots");
  dots.addEventListener("click", ({ target }) => target.dataset.run && open(model, target.dataset.run));
  dots.addEventListener("keydown", (event) => steer(event, model, el));
  follow(model, el, "ensemble scene run", () => draw(model, el));
}

const open = (model, run) => model.set("run", String(run));

/** Numbers of the runs: by outcome, then by the day of accession, then by number. */
function inOrder({ outcome, acceded }) {
  return outcome.map((_, run) => run).sort((a, b) => outcome[a] - outcome[b] || acceded[a] - acceded[b] || a - b);
}

export function described(model, run) {
  const { outcome, acceded, days } = model.get("ensemble");
  const name =
    outcome[run] === 0 ? `member since ${longDay(days[acceded[run]])}` : model.get("scene").outcomes[outcome[run]];
  return `Run ${run}: ${name}`;
}

function draw(model, el) {
  const shown = model.get("ensemble"),
    scene = model.get("scene");
  if (!shown || !scene) return;
  one(el, "h2").textContent = `${shown.counted.replace(/^t/, "T")}, by outcome`;
  const before = shown.reference?.outcome;
  one(el, ".legend").innerHTML =
    scene.outcomes
      .map((name, i) => {
        const n = shown.outcome.filter((code) => code === i).length;
        return `<span><i class="o${i}"></i>${escape(name)} <b>${n}</b></span>`;
      })
      .join("") + (before ? `<span><i class="moved"></i>other outcome than in A</span>` : "");
  drawDots(model, el, shown, before);
  drawCurve(model, el, shown);
}

function drawDots(model, el, shown, before) {
  const width = widthOf(el),
    columns = Math.ceil(Math.max(shown.runs, 300) / ROWS),
    apart = Math.min(16, width / columns);
  const opened = Number(model.get("run"));
  const circles = inOrder(shown)
    .map((run, k) => {
      const x = (Math.floor(k / ROWS) + 0.5) * apart,
        y = ((k % ROWS) + 0.5) * apart;
      const kind = `o${shown.outcome[run]}${run === opened ? " opened" : ""}${before && before[run] !== shown.outcome[run] ? " moved" : ""}`;
      return `<circle data-run="${run}" class="${kind}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${(0.36 * apart).toFixed(1)}"><title>${escape(described(model, run))}</title></circle>`;
    })
    .join("");
  const members = shown.outcome.filter((code) => code === 0).length;
  one(el, ".dots").innerHTML = svg(
    Math.ceil(columns * apart),
    Math.ceil(ROWS * apart),
    `${shown.counted} by outcome: ${members} members`,
    circles,
  );
}

function steer(event, model, el) {
  const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: ROWS, ArrowLeft: -ROWS }[event.key];
  const circles = [...el.querySelectorAll("circle")];
  const marked = circles.findIndex((circle) => circle.classList.contains("marked"));
  if (event.key === "Enter" && marked >= 0) open(model, circles[marked].dataset.run);
  if (!step) return;
  event.preventDefault();
  const from = marked >= 0 ? marked : circles.findIndex((circle) => circle.classList.contains("opened"));
  const to = Math.max(0, Math.min(circles.length - 1, from + step));
  circles[marked]?.classList.remove("marked");
  circles[to].classList.add("marked");
  one(el, ".at").textContent = described(model, circles[to].dataset.run);
}

function drawCurve(model, el, shown) {
  const width = widthOf(el),
    height = 150,
    other = shown.reference?.curve;
  const high = Math.max(0.05, ...shown.curve.high, ...(other?.share ?? []));
  const every = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25].find((step) => high / step <= 5) ?? 0.25;
  const ticks = Array.from({ length: Math.floor(high / every) + 1 }, (_, i) => i * every);
  const at = frame({
    width,
    height,
    days: shown.days,
    low: 0,
    high: Math.min(1, 1.08 * high),
    ticks,
    format: (tick) => percent(tick),
  });
  const xs = shown.days.map(at.x),
    ys = (values) => values.map(at.y);
  const grey = other ? `<path class="grey" d="${path(xs, ys(other.share))}"/>` : "";
  const inner = `${at.drawn}<path class="band90" d="${band(xs, ys(shown.curve.low), ys(shown.curve.high))}"/>${grey}<path class="line" d="${path(xs, ys(shown.curve.share))}"/>`;
  const candidate = model.get("scene").candidate;
  one(el, ".curve").innerHTML =
    `<h3>Share of runs in which ${escape(candidate)} is a member by each date${other ? "; grey, dotted: A" : ""}</h3>` +
    svg(
      width,
      height,
      `Share of runs in which ${candidate} is a member by each date: ${percent(shown.odds.share)} by ${shown.odds.horizon}`,
      inner,
    );
}
