// The chart of one run over time: what holds in stretches, what happens on a day, and how many members would object.

import { ONCE, overTime } from "./chart.js";
import { OWN, positions } from "./position.js";
import { longDay, time } from "./words.js";

export const LEFT = 92,
  RIGHT = 10;

const LANES = ["hot war", "stage", "councils", "elections", "spells"],
  LANE = 17;

const COLOURS = {
  war: "var(--war)",
  invited: "var(--invited)",
  member: "var(--member)",
  shelved: "var(--shelved)",
  hold: "var(--other-hold)",
  "own hold": "var(--hold)",
  held: "var(--aspirant)",
  put: "var(--accent)",
  passed: "var(--member)",
  own: "var(--this)",
};

/** Stretches in which a value holds, as pairs of steps. */
function stretches(flags) {
  const found = [];
  flags.forEach((flag, step) => {
    if (flag && !flags[step - 1]) found.push([step, step]);
    if (flag) found.at(-1)[1] = step + 1;
  });
  return found;
}

/** The rows of the chart. */
export function rowsOfRun(run, scene, member, width) {
  const { days } = run,
    whole = time(days.at(-1)) - time(days[0]);
  const block = (lane, kind, said, [from, to], name = "") => {
    const [start, end] = [from, Math.min(to, days.length - 1)].map((step) => time(days[step]));
    const fits = (width * (end - start)) / whole > 8 * name.length + 12;
    return { lane, kind, from: start, to: end, said: `${said} from ${longDay(days[from])}`, name: fits ? name : "" };
  };
  const stages = [...new Set(run.stage)].filter((stage) => stage !== "aspirant");
  const place = scene.members.findIndex(({ code }) => code === member);
  const council = (put, passes) =>
    passes ? "the question passes" : put ? "the question is put" : "the question is not put";
  const own = (codes) => (codes.includes(member) ? "own" : "held");
  return {
    blocks: [
      ...stretches(run.hot).map((span) => block("hot war", "war", "Hot war", span)),
      ...stages.flatMap((stage) =>
        stretches(run.stage.map((each) => each === stage)).map((span) =>
          block("stage", COLOURS[stage] ? stage : "invited", stage, span, stage),
        ),
      ),
      ...run.spells.map(([i, ...span]) =>
        block("spells", i === place ? "own hold" : "hold", `${scene.members[i].name} stands in the way`, span),
      ),
    ],
    ticks: [
      ...run.councils.map(([day, kind, put, passes]) => ({
        lane: "councils",
        day: time(day),
        kind: passes ? "passed" : put ? "put" : "held",
        said: `${longDay(day)}: ${kind}; ${council(put, passes)}`,
      })),
      ...run.story
        .filter(([, kind]) => kind === "election")
        .map(([day, , text, codes]) => ({
          lane: "elections",
          day: time(day),
          kind: own(codes),
          said: `${longDay(day)}: ${text}`,
        })),
    ],
    objectors: days.flatMap((day, step) => {
      if (step % 2) return [];
      const objecting = positions(scene, run, step).filter(({ objects }) => objects);
      return { day: time(day), all: objecting.length, own: objecting.filter(({ reason }) => reason & OWN).length };
    }),
  };
}

/** The chart of a run of so many members. */
export function stripOf(run, width, members) {
  const fill = {
    field: "kind",
    type: "nominal",
    legend: null,
    scale: { domain: Object.keys(COLOURS), range: Object.values(COLOURS) },
  };
  const lane = (bandPosition) => ({
    field: "lane",
    type: "nominal",
    bandPosition,
    scale: { domain: LANES, paddingInner: 0, paddingOuter: 0 },
    axis: { grid: false, minExtent: LEFT, maxExtent: LEFT },
  });
  const over = (field, axis) => ({ ...overTime(run.days, width, field), ...axis });
  const tick = (kinds, from, strokeWidth) => ({
    data: { name: "ticks" },
    transform: [{ filter: { field: "kind", oneOf: kinds } }],
    mark: { type: "rule", strokeWidth },
    encoding: {
      x: over("day"),
      y: lane(from),
      y2: { field: "lane", bandPosition: 1 - from },
      stroke: fill,
      tooltip: { field: "said" },
      description: { field: "said" },
    },
  });
  const now = {
    data: ONCE,
    mark: { type: "rule", color: "var(--this)", strokeWidth: 2, aria: false },
    encoding: { x: { datum: { expr: "now" }, type: "temporal" } },
  };
  const objectors = (field, color, strokeWidth) => ({
    data: { name: "objectors" },
    mark: { type: "line", color, strokeWidth, interpolate: "step-after" },
    encoding: {
      x: over("day"),
      y: {
        field,
        type: "quantitative",
        scale: { domain: [0, members] },
        axis: {
          values: [0, members / 2, members],
          minExtent: LEFT,
          maxExtent: LEFT,
          title: ["would", "object"],
          titleAngle: 0,
          titleAlign: "right",
          titleX: -26,
          titleY: 18,
        },
      },
    },
  });
  return {
    params: [{ name: "now", value: time(run.days[0]) }],
    spacing: 6,
    resolve: { scale: { x: "shared" } },
    vconcat: [
      {
        width,
        height: LANE * LANES.length,
        layer: [
          {
            data: { name: "blocks" },
            mark: { type: "rect" },
            encoding: {
              x: over("from", { axis: null }),
              x2: { field: "to" },
              y: lane(0.15),
              y2: { field: "lane", bandPosition: 0.85 },
              fill,
              tooltip: { field: "said" },
              description: { field: "said" },
            },
          },
          {
            data: { name: "blocks" },
            mark: { type: "text", align: "left", dx: 5, fontWeight: 600, aria: false },
            encoding: {
              x: over("from"),
              y: lane(0.5),
              text: { field: "name" },
              fill: {
                condition: ["invited", "member"].map((kind) => ({
                  test: `datum.kind === "${kind}"`,
                  value: `var(--on-${kind})`,
                })),
                value: "#10161c",
              },
            },
          },
          tick(["held"], 0.25, 1.3),
          tick(["put", "own"], 0.08, 3),
          tick(["passed"], 0.08, 4),
          now,
        ],
      },
      {
        width,
        height: 46,
        layer: [objectors("all", "var(--soft)", 1.2), objectors("own", "var(--bad)", 1.8), now],
      },
    ],
  };
}
