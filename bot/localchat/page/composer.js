/** Under the messages: words, the microphone, and what can be attached. */

import { duration, h, icon, iconButton } from "./dom.js";
import { attachments } from "./attach.js";
import { inOneLine } from "./media.js";
import { record } from "./recorder.js";
import { base64 } from "./server.js";

const HOLD = 450;
const SHORTEST = 400;

/** The composer of one phone. */
export class Composer {
  constructor(phone) {
    this.phone = phone;
    this.reply = null;
    this.recording = null;
    this.commands = [];
    this.attach = attachments(phone);
    this.build();
  }

  build() {
    this.field = h("textarea", { rows: 1, class: "field", "aria-label": "消息 Message", placeholder: "说点什么…", data: { testid: "text-input" } });
    this.field.addEventListener("input", () => this.shape());
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.send();
    });
    this.sendButton = iconButton("send", "发送 Send", () => this.send(), { class: "round main", hidden: true, data: { testid: "send" } });
    this.plus = iconButton("plus", "更多 Attach", () => this.attach.open(), { data: { testid: "attach" } });
    this.menu = iconButton("menu", "菜单 Menu", () => this.openMenu(), { hidden: true, data: { testid: "menu" } });
    this.keysButton = iconButton("keys", "按键 Keyboard", () => this.phone.toggleKeyboard(), { hidden: true, data: { testid: "toggle-keyboard" } });
    this.mic = this.microphone();
    this.timer = h("span", { class: "recording-time", role: "timer" }, "0:00");
    this.recordingBar = h("div", { class: "recording", hidden: true, data: { testid: "recording" } },
      iconButton("close", "不发了 Cancel", () => this.finish(false), { data: { testid: "cancel-recording" } }),
      h("span", { class: "recording-dot", "aria-hidden": "true" }), this.timer,
      h("span", { class: "recording-words" }, "正在录音，点一下发出 Tap to send"));
    this.replyBar = h("div", { class: "reply-bar", hidden: true });
    this.node = h("div", { class: "composer", data: { testid: "composer" } }, this.replyBar,
      h("div", { class: "composer-row" }, this.plus, this.menu, this.field, this.recordingBar, this.keysButton, this.sendButton, this.mic),
      this.attach.inputs);
  }

  /** Tap to begin and tap to send, or hold and let go: both work, with the keyboard too. */
  microphone() {
    let pressed = 0;
    let byPointer = false;
    const mic = iconButton("mic", "录音 Record", () => {
      if (!byPointer) this.toggle();
      byPointer = false;
    }, { class: "round main mic", data: { testid: "mic" } });
    mic.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      byPointer = true;
      pressed = this.recording ? 0 : performance.now();
      mic.setPointerCapture(event.pointerId);
      this.toggle();
    });
    mic.addEventListener("pointerup", () => {
      const held = pressed && performance.now() - pressed > HOLD;
      if (held && this.recording?.begun) this.finish(true);
    });
    mic.addEventListener("contextmenu", (event) => event.preventDefault());
    return mic;
  }

  toggle() {
    if (this.recording?.begun) this.finish(true);
    else if (!this.recording) this.begin();
  }

  async begin() {
    this.recording = {};
    try {
      this.recording = await record();
    } catch {
      this.recording = null;
      this.phone.toast("打不开话筒，请允许使用 The microphone is not available");
      return;
    }
    this.ticking = setInterval(() => {
      this.timer.textContent = duration((performance.now() - this.recording.begun) / 1000);
    }, 200);
    this.shape();
  }

  async finish(keep) {
    const { begun, stop } = this.recording;
    this.recording = null;
    clearInterval(this.ticking);
    this.timer.textContent = "0:00";
    this.shape();
    const sound = await stop();
    if (!keep) return;
    if (performance.now() - begun < SHORTEST) this.phone.toast("太短了，再说一遍 Too short");
    else await this.phone.act("voice", { audio: await base64(sound) });
  }

  shape() {
    const live = Boolean(this.recording?.begun);
    const typed = this.field.value.trim() !== "";
    this.node.classList.toggle("live", live);
    this.field.hidden = live;
    this.plus.hidden = live;
    this.menu.hidden = live || typed || !this.commands.length;
    this.recordingBar.hidden = !live;
    this.sendButton.hidden = live || !typed;
    this.mic.hidden = typed && !live;
    this.keysButton.hidden = live || !this.phone.keyboard;
    this.mic.replaceChildren(icon(live ? "send" : "mic"));
    this.mic.setAttribute("aria-label", live ? "发出录音 Send the recording" : "录音 Record");
    this.field.style.height = "auto";
    this.field.style.height = `${Math.min(this.field.scrollHeight, 120)}px`;
  }

  async send() {
    const text = this.field.value.trim();
    if (!text) return;
    const reply = this.reply;
    this.field.value = "";
    this.replyTo(null);
    this.shape();
    if (await this.phone.say(text, reply?.message_id)) return;
    this.field.value ||= text;
    this.shape();
  }

  replyTo(message) {
    this.reply = message;
    this.replyBar.hidden = !message;
    this.replyBar.replaceChildren();
    if (!message) return;
    this.replyBar.append(h("span", {}, `回复 Reply: ${inOneLine(message)}`),
      iconButton("close", "不回复了 Cancel", () => this.replyTo(null)));
    this.field.focus();
  }

  setCommands(commands) {
    this.commands = commands;
    this.shape();
  }

  openMenu() {
    this.phone.openSheet("菜单 Menu", (close) => this.commands.map(({ command, description }) => h("button", {
      type: "button", class: "menu-row", data: { testid: "menu-row" },
      onclick: () => {
        close();
        this.phone.say(this.phone.isGroup && this.phone.desk.bot ? `/${command}@${this.phone.desk.bot}` : `/${command}`);
      },
    }, h("b", {}, description), h("small", {}, `/${command}`))));
  }

  placeholder(text) {
    this.field.placeholder = text || "说点什么…";
  }

  contact() {
    this.attach.contact();
  }

  location() {
    this.attach.location();
  }
}
