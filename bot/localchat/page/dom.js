/** Small words for making elements. Nothing here parses HTML: strings become text nodes. */

const SVG = "http://www.w3.org/2000/svg";

/** Make an element; `on…` props are listeners, `data` is the dataset, the rest attributes. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "data") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child ?? false));
  return node;
}

const SHAPES = {
  menu: ["M5 7h14", "M5 12h14", "M5 17h14"],
  mic: ["M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3z", "M5 11v1a7 7 0 0 0 14 0v-1", "M12 19v3"],
  send: ["M12 20V5", "M5.5 11.5 12 5l6.5 6.5"],
  plus: ["M12 5v14", "M5 12h14"],
  close: ["M6 6l12 12", "M18 6 6 18"],
  pin: ["M9 3h6l-1 6 4 4H6l4-4-1-6z", "M12 13v8"],
  down: ["M12 5v14", "M5.5 12.5 12 19l6.5-6.5"],
  reply: ["M10 6 4 12l6 6", "M4 12h9a7 7 0 0 1 7 7"],
  camera: ["M4 8h3l2-3h6l2 3h3v11H4z", "M12 10a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7z"],
  gallery: ["M4 5h16v14H4z", "m4 16 5-5 4 4 3-3 4 4", "M15.5 8.5h.01"],
  file: ["M7 3h7l5 5v13H7z", "M14 3v5h5"],
  place: ["M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.500 12 21 12 21z", "M12 7a2.500 2.500 0 1 0 0 5 2.500 2.500 0 0 0 0-5z"],
  contact: ["M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", "M4 21c0-4 3.500-6 8-6s8 2 8 6"],
  smile: ["M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z", "M8 14c1 2 2.500 3 4 3s3-1 4-3", "M9 9.500h.01", "M15 9.500h.01"],
  code: ["M4 4h6v6H4z", "M14 4h6v6h-6z", "M4 14h6v6H4z", "M14 14h2v2h-2z", "M18 18h2v2h-2z", "M18 14h2", "M14 19v1"],
  keys: ["M3 7h18v10H3z", "M7 11h.01", "M11 11h.01", "M15 11h.01", "M8 14h8"],
};
const SOLID = { play: "M8 5v14l11-7z", pause: "M7 5h4v14H7z M13 5h4v14h-4z" };

/** Draw one of our own pictograms. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", SOLID[name] ? "icon icon-solid" : "icon");
  for (const d of SOLID[name] ? [SOLID[name]] : SHAPES[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

/** A round button that shows only a pictogram. */
export function iconButton(name, label, onclick, props = {}) {
  return h("button", { type: "button", class: "round", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

const CLOCK = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" });
const DAY = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", weekday: "long", timeZone: "Asia/Shanghai" });

/** The hour and minute of a message, as read in China. */
export const clock = (seconds) => CLOCK.format(seconds * 1000);

/** The day of a message, as read in China. */
export const day = (seconds) => DAY.format(seconds * 1000);

/** Minutes and seconds of a voice note. */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** First and last name of a user, or the title of a chat. */
export function nameOf(who) {
  if (!who) return "";
  return who.title ?? [who.first_name, who.last_name].filter(Boolean).join(" ");
}

/** A round sign with the first character of a name, coloured by id. */
export function avatar(who, extra = "") {
  const first = Array.from(nameOf(who))[0] ?? "?";
  return h("span", { class: `avatar hue-${Math.abs(who?.id ?? 0) % 6} ${extra}`, "aria-hidden": "true" }, first);
}

/** Bytes in words. */
export function size(bytes) {
  if (!bytes) return "";
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
