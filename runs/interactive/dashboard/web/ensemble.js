// The ensemble: every run as a dot, coloured by its outcome, and the share of runs that are members by each date.

import { Chart, overTime, rowsOf } from "./chart.js";
import { follow, one, widthOf } from "./part.js";
import { escape, longDay, percent } from "./words.js";

const ROWS = 10;
const COLOURS = ["var(--member)", "var(--invited)", "var(--aspirant)", "var(--shelved)"]; // by outcome

export function render({ model, el }) {
  el.innerHTML = `<h2 id="ensemble-title">300 possible courses</h2><p class="legend"></p><div class="dots" tabindex="0" role="group"
    aria-describedby="dots-help"></div><p class="hint" id="dots-help">Each dot is a run; click one to open it, or move with the arrow keys and press Enter.
    <span class="at" role="status"></span></p><div class="curve"><h3></h3><div></div></div>`;
  const open = (run) => model.set("run", String(run));
  const charts = {
    dots: new Chart(one(el, ".dots"), ({ run }) => run !== undefined && open(run)),
    curve: new Chart(one(el, ".curve div")),
  };
  let shown = { ensemble: undefined, rows: [], marked: -1 };
  const draw = () => {
    const ensemble = model.get("ensemble");
    if (!ensemble) return;
    if (ensemble !== shown.ensemble) shown = { ensemble, rows: rows(model, ensemble), marked: -1 };
    drawWords(model, el, ensemble);
    drawDots(model, el, charts.dots, shown);
    drawCurve(model, el, charts.curve, ensemble);
  };
  one(el, ".dots").addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, ArrowRight: ROWS, ArrowLeft: -ROWS }[event.key];
    if (event.key === "Enter" && shown.marked >= 0) open(shown.rows[shown.marked].run);
    if (!step) return;
    event.preventDefault();
    const opened = shown.rows.findIndex(({ run }) => run === Number(model.get("run")));
    const from = shown.marked >= 0 ? shown.marked : opened;
    shown.marked = Math.max(0, Math.min(shown.rows.length - 1, from + step));
    one(el, ".at").textContent = shown.rows[shown.marked].said;
    drawDots(model, el, charts.dots, shown);
  });
  follow(model, el, "ensemble scene run", draw);
}

/** A row for each run: by outcome, then by the day of accession, then by number. */
function rows(model, { outcome, acceded, days, reference }) {
  const { outcomes } = model.get("scene");
  const said = (run) =>
    `Run ${run}: ${outcome[run] === 0 ? `member since ${longDay(days[acceded[run]])}` : outcomes[outcome[run]]}`;
  const order = outcome.map((_, run) => run);
  order.sort((a, b) => outcome[a] - outcome[b] || acceded[a] - acceded[b] || a - b);
  return order.map((run, k) => ({
    run,
    outcome: outcome[run],
    moved: !!reference && reference.outcome[run] !== outcome[run],
    said: said(run),
    column: Math.floor(k / ROWS),
    row: k % ROWS,
  }));
}

function drawWords(model, el, { counted, outcome, reference }) {
  const { outcomes, candidate } = model.get("scene");
  one(el, "h2").textContent = `${counted.replace(/^t/, "T")}, by outcome`;
  const names = outcomes.map(
    (name, i) =>
      `<span><i class="o${i}"></i>${escape(name)} <b>${outcome.filter((code) => code === i).length}</b></span>`,
  );
  const moved = reference ? `<span><i class="moved"></i>other outcome than in A</span>` : "";
  one(el, ".legend").innerHTML = names.join("") + moved;
  one(el, ".curve h3").textContent =
    `Share of runs in which ${candidate} is a member by each date${reference ? "; grey, dotted: A" : ""}`;
}

function drawDots(model, el, chart, { ensemble, rows, marked }) {
  const columns = Math.ceil(Math.max(ensemble.runs, 300) / ROWS);
  const apart = Math.min(16, Math.floor((10 * widthOf(el)) / columns) / 10);
  const members = ensemble.outcome.filter((code) => code === 0).length;
  const place = (field, last) => ({ field, type: "quantitative", axis: null, scale: { domain: [-0.5, last - 0.5] } });
  const stroke = (marked, opened, moved) => [
    { test: "datum.run === marked", value: marked },
    { test: "datum.run === opened", value: opened },
    { test: "datum.moved", value: moved },
  ];
  const specification = {
    padding: 0,
    width: columns * apart,
    height: ROWS * apart,
    data: { name: "runs" },
    params: ["marked", "opened"].map((name) => ({ name, value: -1 })),
    mark: { type: "circle", opacity: 1, size: (0.72 * apart) ** 2, cursor: "pointer" },
    encoding: {
      x: place("column", columns),
      y: { ...place("row", ROWS), sort: "descending" },
      fill: {
        field: "outcome",
        type: "nominal",
        scale: { domain: COLOURS.map((_, i) => i), range: COLOURS },
        legend: null,
      },
      stroke: { condition: stroke("var(--this)", "var(--focus)", "var(--ink)"), value: null },
      strokeWidth: { condition: stroke(3.5, 3.5, 1.6), value: 0 },
      tooltip: { field: "said" },
      description: { field: "said" },
    },
  };
  const label = `${ensemble.counted} by outcome: ${members} members`;
  chart.draw(
    label,
    specification,
    { runs: rows },
    { marked: rows[marked]?.run ?? -1, opened: Number(model.get("run")) },
  );
}

function drawCurve(model, el, chart, { counted, curve, days, odds, reference }) {
  const width = widthOf(el) - 44,
    { candidate } = model.get("scene");
  const x = overTime(days, width);
  const y = (field) => ({
    field,
    type: "quantitative",
    axis: { format: ".0%", tickCount: 5, minExtent: 34, maxExtent: 34 },
    scale: { domain: { unionWith: [0, 0.05] }, nice: false },
  });
  const line = { type: "line", interpolate: "linear" };
  const specification = {
    width,
    height: 120,
    encoding: { x },
    layer: [
      {
        data: { name: "curve" },
        mark: { type: "area", color: "var(--member)", opacity: 0.17 },
        encoding: { y: y("low"), y2: { field: "high" } },
      },
      {
        data: { name: "other" },
        mark: { ...line, color: "var(--soft)", strokeWidth: 1.6, strokeDash: [2, 3] },
        encoding: { y: y("share") },
      },
      { data: { name: "curve" }, mark: { ...line, color: "var(--member)" }, encoding: { y: y("share") } },
    ],
  };
  const other = reference ? rowsOf(days, { share: reference.curve.share }) : [];
  const label = `Share of runs in which ${candidate} is a member by each date: ${percent(odds.share)} of ${counted} by ${odds.horizon}`;
  chart.draw(label, specification, { curve: rowsOf(days, curve), other });
}
