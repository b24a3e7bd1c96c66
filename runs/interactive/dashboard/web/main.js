// The page of its own: the dashboard over a WebSocket, with its state in the address.

import { fromAddress, toAddress } from "./address.js";
import { start } from "./app.js";

const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/talk`);
const send = (message) => line.readyState === WebSocket.OPEN && line.send(JSON.stringify(message));
const dashboard = start(document, document.getElementById("dashboard"), send, {
  hasAddress: true,
  ...fromAddress(location.search),
});
const { model } = dashboard;

line.onopen = dashboard.begin;
line.onmessage = ({ data }) => dashboard.receive(JSON.parse(data));
line.onclose = dashboard.end;

// A browser keeps a page that is left, with its connection, for its Back button: the program would keep its runs.
addEventListener("pagehide", () => {
  line.onclose = null;
  line.close();
});
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

model.on("change:scene", ({ candidate }) => {
  document.title = `${candidate} and Article 10`;
});

let due = 0;
model.on("change", () => {
  // the address follows a little later: browsers refuse a hundred changes a second
  clearTimeout(due);
  due = setTimeout(() => model.get("scene") && history.replaceState(null, "", toAddress(model)), 250);
});
