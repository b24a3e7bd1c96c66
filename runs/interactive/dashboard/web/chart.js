// Charts: a Vega-Lite specification, rows of data by name, and signals; what has not changed is not drawn again.

import { vegaEmbed } from "./vega.js";
import { time } from "./words.js";

const FONT = 'system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

/** The looks of all charts; colours are the page's own, so that they follow its dark mode. */
const CONFIG = {
  background: null,
  padding: { top: 6, right: 8, bottom: 2, left: 0 }, // labels at the ends of axes stick out
  font: FONT,
  view: { stroke: null },
  axis: {
    domain: false,
    ticks: false,
    gridColor: "var(--rule)",
    labelColor: "var(--soft)",
    labelFontSize: 11,
    labelPadding: 5,
    title: null,
    titleColor: "var(--soft)",
    titleFontSize: 11,
    titleFontWeight: "normal",
  },
  text: { fontSize: 11, fill: "var(--soft)" },
};

/** What Vega may do: no menu, and no evaluation of text, which the page's policy forbids. */
const OPTIONS = { actions: false, renderer: "svg", ast: true, config: CONFIG, mode: "vega-lite" };

export class Chart {
  /**
   * @param el Where it is drawn.
   * @param press Called with the row whose mark is clicked.
   */
  constructor(el, press = () => {}) {
    this.el = el;
    this.press = press;
    this.specification = "";
    this.data = {};
    this.wanted = [];
    el.role ??= "img";
  }

  /**
   * Draw; of several requests that come while one is drawn, only the last is met.
   *
   * @param label What the chart shows, in words.
   * @param specification What Vega-Lite is to draw, without data.
   * @param data Rows by the names that the specification gives them.
   * @param signals Values of the specification's parameters.
   */
  async draw(label, specification, data, signals = {}) {
    this.wanted = [label, specification, data, signals];
    if (this.drawing) return;
    this.drawing = true;
    try {
      while (this.wanted.length) await this.next(...this.wanted.splice(0));
    } finally {
      this.drawing = false;
    }
  }

  async next(label, specification, data, signals) {
    const text = JSON.stringify(specification);
    if (text !== this.specification) {
      const place = document.createElement("div"); // the last drawing is seen until the next is there
      const { view, finalize } = await vegaEmbed(place, { ...specification, datasets: data }, OPTIONS);
      view.addEventListener("click", (_, item) => item?.datum && this.press(item.datum));
      this.finalize?.();
      Object.assign(this, { view, finalize, specification: text });
      this.el.replaceChildren(place);
    } else for (const [name, rows] of Object.entries(data)) if (rows !== this.data[name]) this.view.data(name, rows);
    this.data = data;
    for (const [name, value] of Object.entries(signals)) this.view.signal(name, value);
    await this.view.runAsync();
    this.el.setAttribute("aria-label", label);
  }
}

/** A horizontal axis over the days of a simulation, with a line at each year, or at fewer where they would not fit. */
export function overTime(days, width, field = "day") {
  const years = (time(days.at(-1)) - time(days[0])) / 31557600000;
  const step = Math.max(1, Math.ceil(years / Math.max(2, Math.floor(width / 55))));
  return {
    field,
    type: "temporal",
    scale: { type: "utc", nice: false, domain: [days[0], days.at(-1)].map(dateOf) },
    axis: { format: "%Y", tickCount: { interval: "year", step } },
  };
}

/** A day as a specification states it. */
function dateOf(day) {
  const [year, month, date] = day.split("-").map(Number);
  return { year, month, date, utc: true };
}

/** The data of marks that stand for one thing, which the specification itself states. */
export const ONCE = { values: [{}] };

/** Rows with a day and, beside it, values by name. */
export const rowsOf = (days, columns) =>
  days.map((day, i) => ({
    day: time(day),
    ...Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values[i]])),
  }));
