// What has happened in the run up to the day that the timeline shows, the newest first.

import { follow, one } from "./part.js";
import { escape, longDay, minus } from "./words.js";

const SHOWN = 14,
  RECENT = 31 * 86400000;

export function render({ model, el }) {
  el.innerHTML = `<h2 id="news-title">News of this run</h2><ul class="news" tabindex="0" aria-label="News, the newest first"></ul>`;
  follow(model, el, "course at", () => {
    const run = model.get("course");
    if (!run) return;
    const today = run.days[model.get("at")];
    const past = run.story
      .filter(([day]) => day < today)
      .slice(-SHOWN)
      .reverse();
    one(el, ".news").innerHTML =
      past
        .map(
          ([day, , text]) =>
            `<li class="${Date.parse(today) - Date.parse(day) < RECENT ? "now" : ""}"><time>${longDay(day)}</time> ${escape(minus(text))}</li>`,
        )
        .join("") || "<li>Nothing has happened yet. Press Play or Step.</li>";
  });
}
