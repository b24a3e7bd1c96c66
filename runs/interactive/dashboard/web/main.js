// The page: one state, kept in the address; requests to the program; and the parts that draw the answers.

import { Model } from "./model.js";
import { fromAddress, toAddress } from "./address.js";
import * as chooser from "./chooser.js";
import * as downloads from "./downloads.js";
import * as ensemble from "./ensemble.js";
import * as levers from "./levers.js";
import * as map from "./map.js";
import * as member from "./member.js";
import * as network from "./network.js";
import * as news from "./news.js";
import * as odds from "./odds.js";
import * as table from "./table.js";
import * as timeline from "./timeline.js";

const STATE = ["scenario", "seed", "run", "member", "changes", "pinned"];
const model = new Model({ at: 0, behind: true, pinned: {}, changes: {}, ...fromAddress(location.search) });
const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/talk`);
const asked = { run: "" },
  shown = { run: "" }; // the run that was last asked for, and the one that is there

const state = () =>
  Object.fromEntries(STATE.map((name) => [name, model.get(name)]).filter(([, value]) => value !== undefined));
const runKey = () => JSON.stringify([model.get("scenario"), model.get("seed"), model.get("run"), model.get("changes")]);
const send = (message) =>
  line.readyState === WebSocket.OPEN && line.send(JSON.stringify({ ...message, state: state() }));

function say(text) {
  const place = document.getElementById("message");
  place.textContent = text;
  place.hidden = !text;
}

function askEnsemble(scene = false) {
  model.set("behind", true);
  send({ kind: "ensemble", scene });
}

function askRun() {
  asked.run = runKey();
  send({ kind: "run", id: asked.run, has_run: shown.run === asked.run });
}

const answers = {
  ensemble(answer) {
    if (answer.scene) {
      model.assign({ scene: answer.scene, ...answer.state });
      document.title = `${answer.scene.candidate} and Article 10`;
      document.querySelector("h1").textContent = document.title;
      askRun();
      return;
    }
    say("");
    model.assign({ ensemble: answer, behind: answer.partial });
    if (!answer.partial && asked.run !== runKey()) askRun();
  },
  run(answer) {
    if (answer.member) model.set("memberView", answer.member);
    if (!answer.run) return;
    shown.run = answer.id;
    const date = model.get("date");
    if (date) model.set("date", undefined);
    const last = answer.run.days.length - 1;
    const at = date ? answer.run.days.findLastIndex((day) => day <= date) : model.get("at");
    model.assign({ course: answer.run, at: Math.max(0, Math.min(at, last)) });
  },
  file(answer) {
    model.set("writing", "");
    downloads.save(answer.name, new Blob([answer.text], { type: answer.media }));
  },
  error(answer) {
    model.assign({ behind: false, writing: "" });
    say(answer.text);
  },
};

line.onopen = () => askEnsemble(true);
line.onmessage = ({ data }) => {
  const answer = JSON.parse(data);
  answers[answer.kind](answer);
};
line.onclose = () => say("The program that serves this page has ended. Start it again, then reload the page.");

// A browser keeps a page that is left, with its connection, for its Back button: the program would keep its runs.
addEventListener("pagehide", () => {
  line.onclose = null;
  line.close();
});
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

// What a part changes, and what has to be asked for then.
model.on("change:changes change:pinned", () => askEnsemble());
model.on("change:seed", () => askEnsemble());
model.on("change:member", () => {
  askEnsemble();
  if (asked.run) askRun();
});
model.on("change:run", () => {
  if (asked.run) askRun();
});
model.on("open:scenario", (scenario) => {
  for (const name of ["changes", "pinned"]) model.quietly(name, {});
  model.quietly("member", undefined);
  model.quietly("scenario", scenario);
  askEnsemble(true);
});
model.on("write", (file) => {
  model.set("writing", file);
  send({ kind: "file", file });
});

let due = 0;
model.on("change", () => {
  // the address follows a little later: browsers refuse a hundred changes a second
  clearTimeout(due);
  due = setTimeout(() => model.get("scene") && history.replaceState(null, "", toAddress(model)), 250);
});

const parts = { odds, map, ensemble, timeline, levers, member, table, news, network, which: chooser, take: downloads };
for (const [id, part] of Object.entries(parts)) part.render({ model, el: document.getElementById(id) });
