// Every member's stance and ballot on the day that the timeline shows; a member is chosen by its button.

import { follow, one } from "./part.js";
import { positions } from "./position.js";
import { escape, signed } from "./words.js";
import { colourOf } from "./map.js";

export function render({ model, el }) {
  el.innerHTML = `<h2 id="table-title">Members</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="table-title"><table>
    <thead><tr><th scope="col">member</th><th scope="col" class="n">stance</th><th scope="col">ballot now</th></tr></thead><tbody></tbody></table></div>`;
  one(el, "tbody").addEventListener("click", ({ target }) => {
    const row = target.closest("tr");
    if (row) model.set("member", row.dataset.code);
  });
  model.on("change:scene", () => build(model, el));
  follow(model, el, "scene course at member", () => fill(model, el));
}

function build(model, el) {
  one(el, "tbody").innerHTML = model
    .get("scene")
    .members.map(
      ({
        code,
        name,
      }) => `<tr data-code="${code}"><th scope="row"><button type="button"><i></i>${escape(name)}</button></th>
    <td class="n"></td><td class="ballot"></td></tr>`,
    )
    .join("");
}

function fill(model, el) {
  const scene = model.get("scene"),
    run = model.get("course"),
    at = model.get("at");
  if (!scene || !run) return;
  const body = one(el, "tbody"),
    held = el.getRootNode().activeElement;
  const now = positions(scene, run, at);
  const order = scene.members.map((_, i) => i).sort((a, b) => run.stance[at][a] - run.stance[at][b]);
  for (const i of order) {
    const { code } = scene.members[i],
      row = one(body, `[data-code="${code}"]`);
    if (!row) return;
    const { stance, ballot, why } = now[i];
    one(row, "i").style.background = colourOf(scene, stance);
    one(row, "button").setAttribute("aria-pressed", String(code === model.get("member")));
    row.classList.toggle("chosen", code === model.get("member"));
    row.cells[1].textContent = signed(stance);
    row.cells[2].className = `ballot ${ballot}`;
    row.cells[2].innerHTML = `${ballot} <small>${escape(why)}</small>`;
  }
  const rows = order.map((i) => one(body, `[data-code="${scene.members[i].code}"]`));
  if (rows.some((row, k) => body.children[k] !== row)) {
    body.append(...rows);
    if (body.contains(held)) held.focus({ preventScroll: true });
  }
}
