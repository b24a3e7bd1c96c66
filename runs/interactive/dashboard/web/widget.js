// The dashboard in a notebook: the same parts, connected to Python by the notebook itself (anywidget).

import { start } from "./app.js";

function render({ model, el }) {
  const root = el.attachShadow({ mode: "open" }); // neither style touches the other's elements
  el.dataset.lmSuppressShortcuts = "true"; // JupyterLab would take letters and arrow keys for its own
  root.innerHTML = `<style>${model.get("looks")}</style><div id="dashboard" class="notebook" lang="en"></div>`;
  const place = root.getElementById("dashboard");
  if (document.body.dataset.jpThemeLight)
    place.style.colorScheme = document.body.dataset.jpThemeLight === "true" ? "light" : "dark";
  const dashboard = start(root, place, (message) => model.send(message), {});
  model.on("msg:custom", dashboard.receive);
  dashboard.begin();
  return () => model.off("msg:custom", dashboard.receive);
}

export default { render };
