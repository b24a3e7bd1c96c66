// Every member's stance and ballot on the day that the timeline shows; a member is chosen by its button.

import { escape, follow, one, signed } from "./chart.js";
import { colourOf, why } from "./map.js";

export function render({ model, el }) {
  el.innerHTML = `<h2 id="table-title">Members</h2><div class="scroll" tabindex="0" role="region" aria-labelledby="table-title"><table>
    <thead><tr><th scope="col">member</th><th scope="col" class="n">stance</th><th scope="col">ballot now</th><th scope="col">ratified</th></tr></thead><tbody></tbody></table></div>`;
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
    <td class="n"></td><td class="ballot"></td><td></td></tr>`,
    )
    .join("");
}

function fill(model, el) {
  const scene = model.get("scene"),
    run = model.get("course"),
    at = model.get("at");
  if (!scene || !run) return;
  const body = one(el, "tbody"),
    held = document.activeElement;
  const order = scene.members.map((_, i) => i).sort((a, b) => run.stance[at][a] - run.stance[at][b]);
  for (const i of order) {
    const { code } = scene.members[i],
      row = one(body, `[data-code="${code}"]`);
    if (!row) return;
    const stance = run.stance[at][i] / 100,
      ballot = scene.ballots[run.ballot[at][i]],
      reasons = why(scene, run.reason[at][i]);
    one(row, "i").style.background = colourOf(scene, stance);
    one(row, "button").setAttribute("aria-pressed", String(code === model.get("member")));
    row.classList.toggle("chosen", code === model.get("member"));
    row.cells[1].textContent = signed(stance);
    row.cells[2].className = `ballot ${ballot}`;
    row.cells[2].innerHTML = `${ballot} <small>${escape(reasons)}</small>`;
    row.cells[3].textContent = run.ratified[i] >= 0 && run.ratified[i] <= at ? "yes" : "";
  }
  const rows = order.map((i) => one(body, `[data-code="${scene.members[i].code}"]`));
  if (rows.some((row, k) => body.children[k] !== row)) {
    body.append(...rows);
    if (body.contains(held)) held.focus({ preventScroll: true });
  }
}
