// The state of the page as its address: ?scenario=baseline&run=3&at=2030-01-01&set=stance.peer_rate:0.8

const PLAIN = ["scenario", "seed", "run", "member"];
const TABLES = { set: "changes", pin: "pinned" };

export function fromAddress(search) {
  const asked = new URLSearchParams(search);
  const found = {};
  for (const name of PLAIN) if (asked.has(name)) found[name] = asked.get(name);
  if (asked.has("at")) found.date = asked.get("at");
  for (const [short, name] of Object.entries(TABLES))
    found[name] = Object.fromEntries(
      asked.getAll(short).map((text) => {
        const [key, ...rest] = text.split(":");
        return [key, valueOf(rest.join(":"))];
      }),
    );
  return found;
}

export function toAddress(model) {
  const stated = new URLSearchParams();
  for (const name of PLAIN) stated.set(name, model.get(name));
  const day = model.get("course")?.days[model.get("at")];
  if (day && model.get("at")) stated.set("at", day);
  for (const [short, name] of Object.entries(TABLES))
    for (const [key, value] of Object.entries(model.get(name) ?? {})) stated.append(short, `${key}:${value}`);
  return `?${stated}`;
}

function valueOf(text) {
  if (text === "true" || text === "false") return text === "true";
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}
