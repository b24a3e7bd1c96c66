// The parameters: sliders, lists and switches in plain words; the ensemble follows while a slider is dragged.

import { follow, one } from "./part.js";
import { escape } from "./words.js";

export function render({ model, el }) {
  el.innerHTML = `<h2 id="levers-title">Parameters</h2><label class="group">Group <select></select></label><div class="sliders"></div>
    <button type="button" class="reset">Reset parameters</button>`;
  let group = "",
    drawn = "";
  const select = one(el, "select");
  select.onchange = () => {
    group = select.value;
    build();
  };
  one(el, ".reset").onclick = () => model.set("changes", {});
  const list = () => model.get("scene").parameters[group] ?? [];
  const build = () => {
    one(el, ".sliders").innerHTML = list()
      .map((each) => lever(each))
      .join("");
    show();
  };
  const show = () => {
    for (const each of list()) place(one(el, `[data-key="${each.key}"]`), each, model.get("changes"));
    one(el, ".reset").disabled = !Object.keys(model.get("changes")).length;
  };
  el.addEventListener("input", ({ target }) => {
    const box = target.closest("[data-key]");
    if (box)
      move(
        model,
        list().find(({ key }) => key === box.dataset.key),
        target,
      );
  });
  model.on("change:scene", () => {
    const groups = Object.keys(model.get("scene").parameters);
    const text = groups.join();
    if (text !== drawn) select.innerHTML = groups.map((name) => `<option>${escape(name)}</option>`).join("");
    drawn = text;
    group = groups.includes(group) ? group : groups[0];
    select.value = group;
    build();
  });
  follow(model, el, "changes", show);
}

function lever({ key, words, help, unit, choices, switch: isSwitch, low, high, step }) {
  const id = `lever-${key.replace(".", "-")}`;
  const shared = `id="${id}" aria-describedby="${id}-help"`;
  const input = choices
    ? `<select ${shared}>${choices.map((name) => `<option value="${escape(name)}">${escape(name.replaceAll("_", " "))}</option>`).join("")}</select>`
    : isSwitch
      ? `<input type="checkbox" ${shared}>`
      : `<input type="range" ${shared} min="${low}" max="${high}" step="${step}">`;
  return `<div class="lever" data-key="${escape(key)}"><label for="${id}">${escape(words)}</label><details><summary aria-label="What “${escape(words)}” means">?</summary><p id="${id}-help"><code>${escape(key)}</code> ${escape(help)}</p></details>${input}<output for="${id}"></output></div>`;
}

/** Show the value that a parameter has. */
function place(box, { key, own, unit, choices, switch: isSwitch, position, decimals }, changes) {
  const value = changes[key] ?? own,
    input = one(box, "input, select"),
    output = one(box, "output");
  box.classList.toggle("moved", key in changes);
  if (isSwitch) input.checked = value;
  else if (choices) input.value = value;
  else {
    const shown = key in changes ? value : position;
    if (Number(input.value) !== shown) input.value = shown;
    output.textContent = value.toFixed(decimals).replace("-", "−");
    input.setAttribute("aria-valuetext", `${output.textContent} ${unit}`);
  }
}

function move(model, { key, own, choices, switch: isSwitch, position, decimals }, input) {
  const value = isSwitch ? input.checked : choices ? input.value : Number(Number(input.value).toFixed(decimals));
  const { [key]: _, ...others } = model.get("changes");
  const isOwn = value === own || (!isSwitch && !choices && value === position);
  model.set("changes", isOwn ? others : { ...others, [key]: value });
}
