/** Deep links of the bot: https://t.me/<bot>?start=… and ?startgroup=…&admin=a+b. */

import { h, icon, nameOf } from "./dom.js";
import { qr, read } from "./server.js";

/** What a t.me link asks for, or null when it is another kind of link. */
export function deepLink(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  if (!["t.me", "telegram.me"].includes(url.hostname.toLowerCase())) return null;
  const bot = url.pathname.slice(1);
  if (!/^[A-Za-z0-9_]{3,32}$/.test(bot)) return null;
  const query = url.searchParams;
  const admin = (query.get("admin") ?? "").split(/[ +]/).filter(Boolean);
  return { bot, start: query.get("start") ?? "", startgroup: query.get("startgroup"), admin };
}

/** A page-wide dialog that is removed when closed. */
export function dialog(label, ...children) {
  const close = () => node.close();
  const node = h("dialog", { class: "dialog", "aria-label": label, data: { testid: "dialog" } },
    h("button", { type: "button", class: "round dialog-close", "aria-label": "关闭 Close", onclick: close }, icon("close")),
    ...children);
  node.addEventListener("close", () => node.remove());
  node.addEventListener("click", (event) => event.target === node && close());
  document.body.append(node);
  node.showModal();
  return node;
}

/** Show a link as a large QR code with a button for each phone that can scan it. */
export function showCode(desk, label, url) {
  const scan = (phone) => {
    node.close();
    desk.scan(phone, url);
  };
  const node = dialog(label,
    h("h2", {}, label),
    h("img", { class: "code", src: qr(url), alt: url, width: 260, height: 260 }),
    h("p", { class: "code-url" }, url),
    h("p", { class: "dialog-ask" }, "用哪部手机扫？ ", h("span", { lang: "en" }, "Scan with")),
    desk.people().map((phone) => h("button",
      { type: "button", class: "wide", data: { testid: "scan-with" }, onclick: () => scan(phone) }, phone.spec.title)));
}

/** Let the person choose the group that the bot shall join. */
export async function chooseGroup(phone, choose) {
  const groups = (await read("groups")).filter((group) => !group.migrated_to);
  phone.openSheet("选择群 Choose a group", (close) => groups.map((group) => h("button", {
    type: "button", class: "wide", data: { testid: "choose-group" },
    onclick: () => {
      close();
      choose(group);
    },
  }, nameOf(group))));
}
