// Words for numbers, shares and dates.

export const escape = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}%`;
export const signed = (value, digits = 2) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(digits);
export const minus = (text) => String(text).replace(/(^|[\s[(])-(?=\d)/g, "$1−");
export const time = (day) => Date.parse(`${day}T00:00Z`);
export const longDay = (day) =>
  new Date(time(day)).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
