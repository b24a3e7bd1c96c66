// What the charts share: text for SVG, scales, axes, and words for numbers and dates.

export const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}%`;
export const signed = (value, digits = 2) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
export const minus = (text) => String(text).replace(/(^|[\s[(])-(?=\d)/g, "$1−");
export const longDay = (day) =>
  new Date(`${day}T00:00Z`).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
export const time = (day) => Date.parse(`${day}T00:00Z`);
export const one = (el, selector) => el.querySelector(selector);

export const scale = (from, to, start, end) => (value) => start + ((value - from) / (to - from || 1)) * (end - start);

export const path = (xs, ys) => xs.map((x, i) => `${i ? "L" : "M"}${x.toFixed(1)},${ys[i].toFixed(1)}`).join("");
export const band = (xs, low, high) => `${path(xs, high)}L${path([...xs].reverse(), [...low].reverse()).slice(1)}Z`;

/** A chart over time: its scales, and its frame as text. */
export function frame({ width, height, days, low, high, ticks, format, left = 40, right = 10, top = 8, bottom = 22 }) {
  const x = scale(time(days[0]), time(days.at(-1)), left, width - right);
  const y = scale(low, high, height - bottom, top);
  const first = Number(days[0].slice(0, 4)) + 1,
    last = Number(days.at(-1).slice(0, 4));
  const every = Math.max(1, Math.ceil((last - first + 1) / Math.max(2, Math.floor((width - left) / 60))));
  let drawn = "";
  for (const tick of ticks)
    drawn +=
      `<line class="grid" x1="${left}" x2="${width - right}" y1="${y(tick)}" y2="${y(tick)}"/>` +
      `<text class="tick" x="${left - 5}" y="${y(tick) + 3.5}" text-anchor="end">${format(tick)}</text>`;
  for (let year = first; year <= last; year += every)
    drawn +=
      `<line class="grid" x1="${x(time(`${year}-01-01`))}" x2="${x(time(`${year}-01-01`))}" y1="${top}" y2="${height - bottom}"/>` +
      `<text class="tick" x="${x(time(`${year}-01-01`))}" y="${height - bottom + 14}" text-anchor="middle">${year}</text>`;
  return { x: (day) => x(time(day)), y, drawn, place: (px) => (px - left) / (width - right - left) };
}

export const svg = (width, height, label, inner, kind = "") =>
  `<svg class="chart ${kind}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(label)}">${inner}</svg>`;

/** Width of a part in pixels, so that text keeps its size. */
export const widthOf = (el, fallback = 460) =>
  Math.max(260, Math.round(el.clientWidth - 2 * parseFloat(getComputedStyle(el).paddingLeft || 0)) || fallback);

/** Draw again when a value changes or the part is resized, once a frame at most, as soon as there is a scene. */
export function follow(model, el, names, draw) {
  let due = false;
  const later = () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      if (model.get("scene")) draw();
    });
  };
  model.on(
    names
      .split(" ")
      .map((name) => `change:${name}`)
      .join(" "),
    later,
  );
  let width = 0;
  new ResizeObserver(() => {
    if (el.clientWidth !== width) {
      width = el.clientWidth;
      later();
    }
  }).observe(el);
}
