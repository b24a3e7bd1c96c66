// What a member would do at a step of the run, and why.

export const WAR = 2,
  OWN = 1 | 4; // bits of the reasons for a ballot

/** The ballot that a member would cast, or that it has ratified; the reasons in words; whether it would object. */
export function position(scene, run, at, i) {
  const ratified = run.ratified[i] >= 0 && run.ratified[i] <= at;
  const ballot = scene.ballots[run.ballot[at][i]],
    reason = ratified ? 0 : run.reason[at][i];
  const why = Object.entries(scene.reasons).filter(([bit]) => reason & bit);
  return {
    stance: run.stance[at][i] / 100,
    ballot: ratified ? "ratified" : ballot,
    ratified,
    reason,
    why: why.map(([, words]) => words).join(" + "),
    objects: !ratified && ballot === "object",
  };
}

/** The positions of all members, in the order of the scene. */
export const positions = (scene, run, at) => scene.members.map((_, i) => position(scene, run, at, i));
