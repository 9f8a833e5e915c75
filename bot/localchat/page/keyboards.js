/** Buttons under a message and under the composer, and what follows a tap. */

import { h, icon } from "./dom.js";
import { deepLink, dialog, showCode } from "./links.js";
import { safeUrl } from "./entities.js";
import { act, Refused } from "./server.js";

const PATIENCE = 10_000;
const STYLES = ["success", "danger", "primary"];

const styled = (button) => (STYLES.includes(button.style) ? ` ${button.style}` : "");

/** The taps of one phone that wait for an answer. */
export class Taps {
  constructor(phone) {
    this.phone = phone;
    this.waiting = new Map();
    this.queries = new Map();
    this.early = new Map();
    this.posting = 0;
  }

  key(message, button) {
    return `${message.message_id} ${button.callback_data}`;
  }

  busy(key) {
    return this.waiting.has(key);
  }

  mark(key) {
    for (const node of this.phone.list.querySelectorAll("button.key")) {
      if (node.dataset.key !== key) continue;
      if (this.busy(key)) node.setAttribute("aria-busy", "true");
      else node.removeAttribute("aria-busy");
    }
  }

  end(key) {
    clearTimeout(this.waiting.get(key));
    this.waiting.delete(key);
    this.mark(key);
  }

  async tap(message, button) {
    const key = this.key(message, button);
    if (this.busy(key)) return;
    this.waiting.set(key, setTimeout(() => this.end(key), PATIENCE));
    this.mark(key);
    this.posting += 1;
    try {
      const body = { ...this.phone.where(), message_id: message.message_id, data: button.callback_data };
      const { callback_query_id: id } = await act("tap", body);
      this.queries.set(id, key);
      if (this.early.has(id)) this.answered(this.early.get(id));
    } catch (error) {
      this.end(key);
      if (!(error instanceof Refused)) throw error;
      this.phone.toast(error.message);
    } finally {
      this.posting -= 1;
      if (!this.posting) this.early.clear();
    }
  }

  /** Show an answer; one that overtook the reply to its own tap is kept until that arrives. */
  answered(event) {
    const key = this.queries.get(event.callback_query_id);
    if (key === undefined) {
      if (this.posting) this.early.set(event.callback_query_id, event);
      return;
    }
    this.queries.delete(event.callback_query_id);
    this.end(key);
    if (event.url && this.phone.follow(event.url)) return;
    if (event.text && event.show_alert) this.phone.alert(event.text);
    else if (event.text) this.phone.toast(event.text);
  }
}

function openElsewhere(label, href) {
  const url = safeUrl(href);
  if (!url) return;
  dialog(label, h("h2", {}, label), h("p", { class: "code-url" }, url),
    h("a", { class: "wide primary", href: url, target: "_blank", rel: "noopener noreferrer" }, "打开网页 Open"));
}

function urlKey(phone, button) {
  const open = () => phone.follow(button.url) || openElsewhere(button.text, button.url);
  const main = h("button", { type: "button", class: `key${styled(button)}`, data: { testid: "button" }, onclick: open }, button.text, " ↗");
  if (!deepLink(button.url)) return main;
  return [main, h("button", {
    type: "button", class: "key key-code", "aria-label": `二维码 QR: ${button.text}`, data: { testid: "button-qr" },
    onclick: () => showCode(phone.desk, button.text, button.url),
  }, icon("code"))];
}

function copyKey(phone, button) {
  const copy = async () => {
    await navigator.clipboard.writeText(button.copy_text.text);
    phone.toast("已复制 Copied");
  };
  return h("button", { type: "button", class: `key${styled(button)}`, data: { testid: "button" }, onclick: copy }, button.text);
}

function inlineKey(phone, message, button) {
  if (button.url) return urlKey(phone, button);
  if (button.copy_text) return copyKey(phone, button);
  if (!button.callback_data) return h("button", { type: "button", class: "key", disabled: true }, button.text);
  const key = phone.taps.key(message, button);
  return h("button", {
    type: "button", class: `key${styled(button)}`, data: { testid: "button", key },
    "aria-busy": phone.taps.busy(key) ? "true" : null,
    onclick: () => phone.taps.tap(message, button),
  }, button.text);
}

/** The inline buttons of a message, or null. */
export function inlineKeyboard(phone, message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.some((row) => row.length)) return null;
  return h("div", { class: "keys", role: "group", "aria-label": "按钮 Buttons", data: { testid: "keyboard" } },
    rows.map((row) => h("div", { class: "keys-row" }, row.map((button) => inlineKey(phone, message, button)))));
}

/** The keyboard under the composer. */
export function replyKeyboard(phone, markup) {
  const press = (button) => {
    if (button.request_contact) return phone.composer.contact();
    if (button.request_location) return phone.composer.location();
    if (markup.one_time_keyboard) phone.setKeyboard(null);
    return phone.say(button.text);
  };
  return markup.keyboard.map((row) => h("div", { class: "keys-row" },
    row.map((item) => (typeof item === "string" ? { text: item } : item)).map((button) => h("button", {
      type: "button", class: `key${styled(button)}`, data: { testid: "reply-button" }, onclick: () => press(button),
    }, button.text))));
}
