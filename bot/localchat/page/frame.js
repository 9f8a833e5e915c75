/** The outside of a phone: head, list, sheets, toasts, and where the list is scrolled to. */

import { avatar, h, icon, iconButton } from "./dom.js";

const NEAR = 90;
const ACTION_LASTS = 5500;

/** The body of a phone, without its messages. */
export class Frame {
  constructor(spec, index) {
    this.spec = spec;
    this.unread = 0;
    this.atBottom = true;
    this.build(index);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.settle(false)).observe(this.list);
    new ResizeObserver(() => this.settle(false)).observe(this.scroller);
  }

  build(index) {
    const { spec } = this;
    const sign = { id: spec.chat === "bot" ? 0 : Number(spec.chat), title: spec.name };
    this.status = h("small", { class: "head-status", "aria-live": "polite", data: { testid: "status" } }, spec.subtitle ?? "");
    this.pinWords = h("span", { class: "pin-words" });
    this.pinBar = h("button", { type: "button", class: "pinned", hidden: true, "aria-label": "置顶 Pinned", data: { testid: "pinned" } },
      icon("pin"), this.pinWords);
    this.list = h("ol", { class: "list" });
    this.welcome = h("p", { class: "welcome", hidden: true }, "点下面的“开始”，就可以说话了。", h("br"), h("span", { lang: "en" }, "Press START below to begin."));
    this.scroller = h("div", { class: "scroll", tabindex: 0, role: "log", "aria-label": `${spec.name} 的消息 messages` }, this.welcome, this.list);
    this.jump = iconButton("down", "到最新 To the newest", () => this.toBottom(), { class: "round jump", hidden: true, data: { testid: "jump" } });
    this.jumpCount = h("span", { class: "badge", hidden: true });
    this.jump.append(this.jumpCount);
    this.toasts = h("div", { class: "toasts", role: "status", "aria-live": "polite", data: { testid: "toasts" } });
    this.startButton = h("button", { type: "button", class: "wide primary start", data: { testid: "start" }, onclick: () => this.start() },
      "开始 ", h("span", { lang: "en" }, "START"));
    this.startCancel = iconButton("close", "不开始 Cancel", () => this.cancelStart(), { data: { testid: "start-cancel" } });
    this.startBar = h("div", { class: "start-bar", hidden: true }, this.startButton, this.startCancel);
    this.keys = h("div", { class: "keys reply-keys", hidden: true, role: "group", "aria-label": "按键 Keyboard", data: { testid: "reply-keyboard" } });
    this.foot = h("div", { class: "foot" }, this.startBar);
    this.body = h("div", { class: "frame" },
      h("div", { class: "head" }, avatar(sign, "avatar-head"), h("div", { class: "head-words" }, h("b", {}, spec.name), this.status)),
      this.pinBar, h("div", { class: "middle" }, this.scroller, this.jump, this.toasts), this.foot, this.keys);
    this.node = h("section", { class: "phone", id: `phone-${index}`, "aria-label": spec.title, data: { testid: `phone-${index}` } },
      h("h2", { class: "phone-title" }, spec.title), this.body);
  }

  cancelStart() {
    this.pendingStart = null;
    this.shapeFoot();
  }

  showAction(words) {
    clearTimeout(this.actionTimer);
    this.status.textContent = words ?? this.spec.subtitle ?? "";
    this.status.classList.toggle("acting", Boolean(words));
    if (words) this.actionTimer = setTimeout(() => this.showAction(null), ACTION_LASTS);
  }

  toast(text) {
    const node = h("div", { class: "toast", data: { testid: "toast" } }, text);
    this.toasts.replaceChildren(node);
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => node.remove(), 2500 + Math.min(text.length * 60, 4500));
  }

  alert(text) {
    this.openSheet("", (close) => [
      h("p", { class: "alert-words" }, text),
      h("button", { type: "button", class: "wide primary", onclick: close }, "知道了 OK"),
    ], { role: "alertdialog", testid: "alert", label: text });
  }

  /** A sheet over this phone; Escape, the cross or a tap beside it close it. */
  openSheet(title, fill, { role = "dialog", testid = "sheet", label = title } = {}) {
    this.closeSheet?.();
    const before = document.activeElement;
    const beneath = [...this.body.children];
    const close = () => {
      node.remove();
      this.closeSheet = null;
      for (const part of beneath) part.inert = false;
      if (before?.isConnected) before.focus({ preventScroll: true });
    };
    const card = h("div", { class: "sheet-card", role, "aria-modal": "true", "aria-label": label, data: { testid } },
      title && h("div", { class: "sheet-head" }, h("b", {}, title), iconButton("close", "关闭 Close", close)));
    card.append(...[fill(close)].flat(Infinity).filter(Boolean));
    const node = h("div", { class: "sheet", onclick: (event) => event.target === node && close() }, card);
    node.addEventListener("keydown", (event) => event.key === "Escape" && close());
    this.closeSheet = close;
    for (const part of beneath) part.inert = true;
    this.body.append(node);
    card.querySelector("input, .wide, .tile, button")?.focus({ preventScroll: true });
  }

  scrolled() {
    if (this.extent !== this.measure()) return; // the layout moved it, not a finger
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.atBottom = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.atBottom) this.unread = 0;
    this.shapeJump();
  }

  measure() {
    return `${this.scroller.scrollHeight} ${this.scroller.clientHeight}`;
  }

  shapeJump() {
    this.jump.hidden = this.atBottom;
    this.jumpCount.hidden = !this.unread;
    this.jumpCount.textContent = this.unread;
  }

  toBottom() {
    this.atBottom = true;
    this.unread = 0;
    this.extent = this.measure();
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.shapeJump();
  }

  /** Stay at the newest message unless the person scrolled up; one's own message always shows. */
  settle(own) {
    if (own || this.atBottom) this.toBottom();
    else this.shapeJump();
    this.extent = this.measure();
  }
}
