// One member: its stance in all runs and in this one, what moved it, its elections, and its payments.

import { band, escape, follow, frame, longDay, minus, one, path, signed, svg, widthOf } from "./chart.js";

export function render({ model, el }) {
  el.innerHTML = `<h2 id="member-title">Member</h2><label>Member <select class="who"></select></label>
    <div class="two"><div class="fan"></div><div class="why"></div></div><div class="two"><div class="votes"></div><div class="paid"></div></div>`;
  const who = one(el, ".who");
  who.onchange = () => model.set("member", who.value);
  model.on("change:scene", () => {
    who.innerHTML = [...model.get("scene").members]
      .sort((a, b) => a.name.localeCompare(b.name))
      .map(({ code, name }) => `<option value="${code}">${escape(name)}</option>`)
      .join("");
    who.value = model.get("member");
  });
  follow(model, el, "member ensemble course", () => draw(model, el));
  follow(model, el, "memberView", () => drawRun(model, el));
}

const nameOf = (model, code) => model.get("scene").members.find((each) => each.code === code)?.name ?? code;

function draw(model, el) {
  const shown = model.get("ensemble"),
    scene = model.get("scene"),
    code = model.get("member");
  if (!shown || !scene) return;
  one(el, ".who").value = code;
  const name = nameOf(model, code),
    width = widthOf(one(el, ".fan")),
    height = 210,
    other = shown.reference?.fan;
  one(el, "h2").textContent = name;
  const at = frame({
    width,
    height,
    days: shown.days,
    low: -1,
    high: 1,
    ticks: [-1, -0.5, 0, 0.5, 1],
    format: (tick) => signed(tick, 1),
  });
  const xs = shown.days.map(at.x),
    ys = (values) => values.map(at.y),
    [low, lower, middle, upper, high] = shown.fan.map(ys);
  const run = model.get("course"),
    place = scene.members.findIndex((each) => each.code === code);
  const own = run ? run.days.map((_, step) => step).filter((step) => step % 4 === 0) : [];
  const inner = `${at.drawn}<path class="band90" d="${band(xs, low, high)}"/><path class="band50" d="${band(xs, lower, upper)}"/>
    ${other ? `<path class="grey" d="${path(xs, ys(other[2]))}"/>` : ""}<path class="line" d="${path(xs, middle)}"/>
    ${
      run
        ? `<path class="this" d="${path(
            own.map((step) => at.x(run.days[step])),
            own.map((step) => at.y(run.stance[step][place] / 100)),
          )}"/>`
        : ""
    }
    <line class="objection" x1="${xs[0]}" x2="${xs.at(-1)}" y1="${at.y(scene.line)}" y2="${at.y(scene.line)}"/>
    <text class="tick objects" x="${xs[0] + 4}" y="${at.y(scene.line) + 12}">objects below</text>`;
  one(el, ".fan").innerHTML =
    `<h3>Stance: median, 50% and 90% of ${escape(shown.counted)}; orange: this run${other ? "; grey: A" : ""}</h3>` +
    svg(
      width,
      height,
      `Stance of ${name}: median at the end ${signed(shown.fan[2].at(-1))}, nine tenths of runs from ${signed(shown.fan[0].at(-1))} to ${signed(shown.fan[4].at(-1))}`,
      inner,
    );
}

function drawRun(model, el) {
  const view = model.get("memberView");
  if (!view || !model.get("scene")) return;
  const name = nameOf(model, view.member);
  one(el, ".why").innerHTML =
    `<h3>What moved its stance in run ${escape(model.get("run"))}</h3>${waterfall(view.waterfall, widthOf(one(el, ".why")), name)}`;
  one(el, ".votes").innerHTML =
    `<h3>Elections and falls of governments in this run</h3>${list(view.elections.map(([day, text]) => [day, text.replace(new RegExp(`^${name}:? `), "")]))}`;
  one(el, ".paid").innerHTML = `<h3>Payments in this run</h3>${list(
    view.payments.map(([day, payer, holdout, amount, kind]) => [
      day,
      `${nameOf(model, payer)} pays ${nameOf(model, holdout)} ${amount} for ${kind === "hold" ? "a holdout" : "an objection"}`,
    ]),
  )}`;
}

const list = (entries) =>
  entries.length
    ? `<ul class="short">${entries.map(([day, text]) => `<li><time>${longDay(day)}</time> ${escape(minus(text))}</li>`).join("")}</ul>`
    : `<p class="hint">None.</p>`;

/** Bars from the stance of the first day to that of the last. */
function waterfall(bars, width, name) {
  const row = 24,
    left = 92,
    right = 46,
    height = row * bars.length + 8;
  const ends = bars.flatMap(([, bottom, size]) => [bottom, bottom + size]);
  const low = Math.min(...ends),
    high = Math.max(...ends),
    x = (value) => left + ((value - low) / (high - low || 1)) * (width - left - right);
  const drawn = bars
    .map(([label, bottom, size, whole], i) => {
      const from = Math.min(x(bottom), x(bottom + size)),
        to = Math.max(x(bottom), x(bottom + size)),
        y = 4 + i * row;
      return `<text class="tick" x="${left - 6}" y="${y + 15}" text-anchor="end">${escape(label)}</text>
      <rect class="${whole ? "whole" : size < 0 ? "down" : "up"}" x="${from.toFixed(1)}" y="${y + 3}" width="${Math.max(1, to - from).toFixed(1)}" height="${row - 7}"/>
      <text class="tick" x="${(to + 4).toFixed(1)}" y="${y + 15}">${signed(size)}</text>`;
    })
    .join("");
  const label = `What moved the stance of ${name}: ${bars.map(([each, , size]) => `${each} ${signed(size)}`).join(", ")}`;
  return svg(width, height, label, `<line class="grid" x1="${x(0)}" x2="${x(0)}" y1="0" y2="${height}"/>${drawn}`);
}
