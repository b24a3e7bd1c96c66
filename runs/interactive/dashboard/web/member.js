// One member: its stance in all runs and in this one, what moved it, its elections, and its payments.

import { Chart, ONCE, overTime, rowsOf } from "./chart.js";
import { follow, one, widthOf } from "./part.js";
import { escape, longDay, minus, signed } from "./words.js";

export function render({ model, el }) {
  el.innerHTML = `<h2 id="member-title">Member</h2><label>Member <select class="who"></select></label>
    <div class="two"><div class="fan"><h3></h3><div></div></div><div class="why"><h3></h3><div></div></div><div class="years"><h3></h3><div></div></div></div>
    <div class="two"><div class="votes"></div><div class="paid"></div></div>`;
  const who = one(el, ".who"),
    charts = Object.fromEntries(["fan", "why", "years"].map((name) => [name, new Chart(one(el, `.${name} div`))]));
  who.onchange = () => model.set("member", who.value);
  model.on("change:scene", () => {
    who.innerHTML = [...model.get("scene").members]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map(({ code, name }) => `<option value="${code}">${escape(name)}</option>`)
      .join("");
    who.value = model.get("member");
  });
  follow(model, el, "member ensemble course", () => drawFan(model, el, charts.fan));
  follow(model, el, "memberView", () => drawRun(model, el, charts));
}

const nameOf = (model, code) => model.get("scene").members.find((each) => each.code === code)?.name ?? code;

function drawFan(model, el, chart) {
  const shown = model.get("ensemble"),
    scene = model.get("scene"),
    code = model.get("member");
  if (!shown) return;
  const name = nameOf(model, code),
    width = widthOf(one(el, ".fan")) - 46;
  one(el, ".who").value = code;
  one(el, "h2").textContent = name;
  const { counted, days, fan, reference } = shown;
  one(el, ".fan h3").textContent =
    `Stance: median, 50% and 90% of ${counted}; orange: this run${reference ? "; grey: A" : ""}`;
  const [low, lower, middle, upper, high] = fan;
  const run = model.get("course"),
    place = scene.members.findIndex((each) => each.code === code);
  const label = `Stance of ${name}: median at the end ${signed(middle.at(-1))}, nine tenths of runs from ${signed(low.at(-1))} to ${signed(high.at(-1))}`;
  chart.draw(label, fanOf(days, width, scene.line), {
    fan: rowsOf(days, { low, lower, middle, upper, high }),
    other: reference ? rowsOf(days, { middle: reference.fan[2] }) : [],
    run: run
      ? rowsOf(run.days, { stance: run.stance.map((row) => row[place] / 100) }).filter((_, i) => i % 4 === 0)
      : [],
  });
}

function fanOf(days, width, line) {
  const y = (field) => ({
    field,
    type: "quantitative",
    scale: { domain: [-1, 1], nice: false },
    axis: { values: [-1, -0.5, 0, 0.5, 1], format: "+.1f", minExtent: 36, maxExtent: 36 },
  });
  const band = (low, high, opacity) => ({
    data: { name: "fan" },
    mark: { type: "area", color: "var(--accent)", opacity },
    encoding: { y: y(low), y2: { field: high } },
  });
  const curve = (name, field, look) => ({
    data: { name },
    mark: { type: "line", clip: true, ...look },
    encoding: { y: y(field) },
  });
  return {
    width,
    height: 180,
    encoding: { x: overTime(days, width) },
    layer: [
      band("low", "high", 0.17),
      band("lower", "upper", 0.25),
      curve("other", "middle", { color: "var(--soft)", strokeWidth: 1.6, strokeDash: [2, 3] }),
      curve("fan", "middle", { color: "var(--accent)", strokeWidth: 2 }),
      curve("run", "stance", { color: "var(--this)", strokeWidth: 1.6 }),
      {
        data: ONCE,
        mark: { type: "rule", color: "var(--bad)", strokeWidth: 1.2, strokeDash: [5, 3] },
        encoding: { x: null, y: { datum: line } },
      },
      ...[{ stroke: "var(--panel)", strokeWidth: 3 }, { fill: "var(--bad)" }].map((look) => ({
        data: ONCE,
        mark: { type: "text", text: "objects below", align: "left", dx: 4, dy: 9, ...look },
        encoding: { x: { value: 0 }, y: { datum: line } },
      })),
    ],
  };
}

function drawRun(model, el, charts) {
  const view = model.get("memberView");
  if (!view) return;
  const name = nameOf(model, view.member);
  one(el, ".why h3").textContent = `What moved its stance in run ${model.get("run")}`;
  const bars = view.waterfall.map(([label, from, size, whole]) => ({
    label,
    from,
    to: from + size,
    end: Math.max(from, from + size),
    said: signed(size),
    kind: whole ? "whole" : size < 0 ? "down" : "up",
  }));
  const label = `What moved the stance of ${name}: ${bars.map((bar) => `${bar.label} ${bar.said}`).join(", ")}`;
  const width = widthOf(one(el, ".why")) - 148;
  charts.why.draw(
    label,
    waterfallOf(
      width,
      bars.map((bar) => bar.label),
    ),
    { bars },
  );
  drawYears(el, charts.years, view.years, name);
  const elections = view.elections.map(([day, text]) => [day, text.replace(new RegExp(`^${name}:? `), "")]);
  one(el, ".votes").innerHTML = `<h3>Elections and falls of governments in this run</h3>${list(elections)}`;
  one(el, ".paid").innerHTML = `<h3>Payments in this run</h3>${list(
    view.payments.map(([day, payer, holdout, amount, kind]) => [
      day,
      `${nameOf(model, payer)} pays ${nameOf(model, holdout)} ${amount} for ${kind === "hold" ? "a holdout" : "an objection"}`,
    ]),
  )}`;
}

/** Bars from the stance of the first day to that of the last. */
const waterfallOf = (width, labels) => ({
  width,
  height: { step: 24 },
  data: { name: "bars" },
  encoding: {
    y: { field: "label", type: "nominal", scale: { domain: labels }, axis: { minExtent: 92, maxExtent: 92 } },
  },
  layer: [
    {
      mark: { type: "bar", height: 17 },
      encoding: {
        x: { field: "from", type: "quantitative", axis: { labels: false, values: [0] }, scale: { nice: false } },
        x2: { field: "to" },
        fill: {
          field: "kind",
          type: "nominal",
          legend: null,
          scale: { domain: ["whole", "up", "down"], range: ["var(--soft)", "var(--good)", "var(--bad)"] },
        },
        description: { field: "said" },
      },
    },
    {
      mark: { type: "text", align: "left", dx: 4, aria: false },
      encoding: { x: { field: "end", type: "quantitative" }, text: { field: "said" } },
    },
  ],
});

function drawYears(el, chart, found, name) {
  const years = found.map(([year, mechanism, value]) => ({
    year,
    mechanism,
    value,
    said: `${mechanism} ${signed(value)}`,
  }));
  const net = [...new Set(years.map(({ year }) => year))].map((year) => {
    const value = years.filter((each) => each.year === year).reduce((sum, each) => sum + each.value, 0);
    return { year, value, said: signed(value) };
  });
  one(el, ".years h3").textContent = "The same year by year; diamonds: net change";
  const label = `Net change of the stance of ${name} by year: ${net.map(({ year, said }) => `${year} ${said}`).join(", ")}`;
  chart.draw(label, yearsOf(widthOf(one(el, ".years")) - 46), { years, net });
}

/** What each mechanism contributed in each year, those that raise the stance above zero, and the net change. */
function yearsOf(width) {
  const x = { field: "year", type: "ordinal", axis: { labelAngle: 0, labelOverlap: true } };
  const y = {
    field: "value",
    type: "quantitative",
    axis: { format: "+.1f", tickCount: 5, minExtent: 36, maxExtent: 36 },
  };
  const words = { tooltip: { field: "said" }, description: { field: "said" } };
  return {
    width,
    height: 130,
    encoding: { x },
    layer: [
      {
        data: { name: "years" },
        mark: { type: "bar" },
        encoding: {
          y,
          fill: {
            field: "mechanism",
            type: "nominal",
            scale: { scheme: "tableau10" },
            legend: { orient: "bottom", columns: 4, title: null, labelColor: "var(--soft)", symbolType: "square" },
          },
          ...words,
        },
      },
      {
        data: { name: "net" },
        mark: {
          type: "point",
          shape: "diamond",
          filled: true,
          size: 55,
          opacity: 1,
          fill: "var(--ink)",
          stroke: "var(--panel)",
        },
        encoding: { y, ...words },
      },
    ],
  };
}

const list = (entries) =>
  entries.length
    ? `<ul class="short">${entries.map(([day, text]) => `<li><time>${longDay(day)}</time> ${escape(minus(text))}</li>`).join("")}</ul>`
    : `<p class="hint">None.</p>`;
