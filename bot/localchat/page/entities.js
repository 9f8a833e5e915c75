/** Telegram's text with entities as elements. Offsets are UTF-16 units, as JavaScript's own are. */

import { h } from "./dom.js";

const SAFE = ["http:", "https:", "mailto:", "tel:", "tg:"];

/** A link that may be opened, or null: `javascript:` and its kin are never followed. */
export function safeUrl(text) {
  try {
    const url = new URL(/^[a-z][a-z0-9+.-]*:/i.test(text) ? text : `https://${text}`);
    return SAFE.includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function link(phone, href, inside) {
  const url = safeUrl(href);
  if (!url) return h("span", {}, inside);
  const props = { href: url, target: "_blank", rel: "noopener noreferrer" };
  return h("a", { ...props, onclick: (event) => phone.follow(url) && event.preventDefault() }, inside);
}

function command(phone, text) {
  return h("button", { type: "button", class: "command", onclick: () => phone.say(text) }, text);
}

function spoiler(inside) {
  const node = h("button", { type: "button", class: "spoiler", "aria-label": "显示 Show" }, inside);
  node.addEventListener("click", () => node.replaceWith(...node.childNodes));
  return node;
}

const PLAIN = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

function dress(phone, entity, raw, inside) {
  if (PLAIN[entity.type]) return h(PLAIN[entity.type], {}, inside);
  switch (entity.type) {
    case "pre": return h("pre", {}, h("code", {}, inside));
    case "spoiler": return spoiler(inside);
    case "text_link": return link(phone, entity.url, inside);
    case "url": return link(phone, raw, inside);
    case "email": return link(phone, `mailto:${raw}`, inside);
    case "phone_number": return link(phone, `tel:${raw.replace(/[^\d+]/g, "")}`, inside);
    case "bot_command": return command(phone, raw);
    case "mention": case "text_mention": case "hashtag": case "cashtag":
      return h("span", { class: "mention" }, inside);
    default: return h("span", {}, inside);
  }
}

/** Turn a text and its entities into nodes. */
export function rich(phone, text, entities = []) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  let next = 0;
  const span = (from, to) => {
    const nodes = [];
    let at = from;
    while (next < sorted.length && sorted[next].offset < to) {
      const entity = sorted[next++];
      const start = Math.max(entity.offset, at);
      const end = Math.min(entity.offset + entity.length, to);
      if (end <= start) continue;
      if (start > at) nodes.push(text.slice(at, start));
      nodes.push(dress(phone, entity, text.slice(start, end), span(start, end)));
      at = end;
    }
    if (at < to) nodes.push(text.slice(at, to));
    return nodes;
  };
  return span(0, text.length);
}
