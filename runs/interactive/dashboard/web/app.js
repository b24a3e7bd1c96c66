// The dashboard in a root, a document or part of one: one state, requests to the program, and the parts that draw answers.

import { Model } from "./model.js";
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
const PARTS = { which: chooser, take: downloads, levers, news, map, timeline, table, odds, ensemble, member, network };
const COLUMNS = [
  ["levers", "news"],
  ["map", "timeline", "table"],
  ["odds", "ensemble", "member", "network"],
];
const panel = (name) => `<section id="${name}" class="panel" aria-labelledby="${name}-title"></section>`;
const SKELETON = `<a class="skip" href="#odds">Skip to the odds</a>
<header><h1>Article 10</h1><div id="which"></div><div id="take"></div></header>
<p id="message" role="alert" hidden></p>
<main>${COLUMNS.map((names) => `<div class="column">${names.map(panel).join("")}</div>`).join("")}</main>`;

/**
 * Draw the dashboard and let it talk to the program.
 *
 * @param root The document or shadow root that holds the style.
 * @param el The element that is filled.
 * @param send Sends a request.
 * @param values What is shown at first, as `fromAddress` gives it.
 * @returns The state, and what to do when the program is there, answers, or has gone.
 */
export function start(root, el, send, values) {
  el.innerHTML = SKELETON;
  const model = new Model({ at: 0, behind: true, pinned: {}, changes: {}, ...values });
  const asked = { run: "" },
    shown = { run: "" }; // the run that was last asked for, and the one that is there
  const state = () =>
    Object.fromEntries(STATE.map((name) => [name, model.get(name)]).filter(([, value]) => value !== undefined));
  const ask = (message) => send({ ...message, state: state() });
  const runKey = () =>
    JSON.stringify([model.get("scenario"), model.get("seed"), model.get("run"), model.get("changes")]);

  const say = (text) => {
    const place = root.getElementById("message");
    place.textContent = text;
    place.hidden = !text;
  };
  const askEnsemble = (scene = false) => {
    model.set("behind", true);
    ask({ kind: "ensemble", scene });
  };
  const askRun = () => {
    asked.run = runKey();
    ask({ kind: "run", id: asked.run, has_run: shown.run === asked.run });
  };

  const answers = {
    ensemble(answer) {
      if (answer.scene) {
        const none = { ensemble: undefined, course: undefined, memberView: undefined }; // those of other members
        shown.run = "";
        model.assign({ ...none, scene: answer.scene, ...answer.state });
        root.querySelector("h1").textContent = `${answer.scene.candidate} and Article 10`;
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
    ask({ kind: "file", file });
  });

  for (const [id, part] of Object.entries(PARTS)) part.render({ model, el: root.getElementById(id) });
  return {
    model,
    begin: () => askEnsemble(true),
    receive: (answer) => answers[answer.kind](answer),
    end: () => say("The program that serves this page has ended. Start it again, then reload the page."),
  };
}
