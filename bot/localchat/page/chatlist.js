/** The list of messages of a phone: what stands in it, in which order. */

import { draw } from "./bubble.js";
import { day, h } from "./dom.js";
import { Frame } from "./frame.js";
import { inOneLine } from "./media.js";

/** What people would call an edit: words or media changed, not only buttons. */
const substance = ({ text, caption, photo, voice, audio, document, animation }) =>
  JSON.stringify([text, caption, [photo?.at(-1), voice, audio, document, animation].map((file) => file?.file_unique_id)]);

/** Put a redrawn message in place of the old one; focus and moving pictures go on. */
function exchange(old, node) {
  const held = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  old.replaceWith(node);
  for (const video of node.querySelectorAll("video[autoplay]")) video.play().catch(() => {});
  if (held === undefined) return;
  const keys = [...node.querySelectorAll("button.key")];
  (keys.find((key) => key.dataset.key === held) ?? keys[0])?.focus({ preventScroll: true });
}

/** A phone with its messages. */
export class ChatList extends Frame {
  constructor(spec, index) {
    super(spec, index);
    this.isGroup = spec.chat !== "bot";
    this.chat = this.isGroup ? Number(spec.chat) : spec.user;
    this.entries = new Map();
    this.reactions = new Map();
    this.carried = new Map();
    this.changed = new Set();
    this.votes = new Map();
    this.pinned = null;
    this.era = 0;
  }

  mine(message) {
    return message.from?.id === this.spec.user && !message.sender_chat;
  }

  edited(message) {
    return this.changed.has(message.message_id) || Boolean(message.edit_date && !message.from?.is_bot);
  }

  /** Insert or replace a message; an album stands in one entry. */
  put(message) {
    const key = `${this.era}:${message.media_group_id ? `g${message.media_group_id}` : message.message_id}`;
    const entry = this.entries.get(key) ?? { era: this.era, messages: new Map(), node: null };
    const before = entry.messages.get(message.message_id);
    if (before && substance(before) !== substance(message)) this.changed.add(message.message_id);
    entry.messages.set(message.message_id, message);
    this.entries.set(key, entry);
    this.redraw(entry);
    if (!before) this.heed(message);
    if (message.from?.is_bot && !this.isGroup) this.desk.bot ??= message.from.username;
  }

  redraw(entry) {
    const messages = [...entry.messages.values()].sort((a, b) => a.message_id - b.message_id);
    entry.id = messages[0].message_id;
    entry.day = day(messages[0].date);
    const node = draw(this, messages);
    if (entry.node) exchange(entry.node, node);
    else this.list.insertBefore(node, this.after(entry));
    entry.node = node;
    node.entry = entry;
  }

  after(entry) {
    let next = null;
    for (let node = this.list.lastElementChild; node; node = node.previousElementSibling) {
      if (!node.entry) continue;
      if (node.entry.era < entry.era || (node.entry.era === entry.era && node.entry.id < entry.id)) break;
      next = node;
    }
    return next;
  }

  drop(id) {
    const entry = this.entryOf(id);
    if (!entry) return;
    entry.messages.delete(id);
    this.carried.delete(id);
    if (entry.messages.size) {
      this.redraw(entry);
      return;
    }
    entry.node.remove();
    for (const [key, value] of this.entries) if (value === entry) this.entries.delete(key);
    if (this.pinned === id) this.pin(null);
  }

  entryOf(id) {
    return [...this.entries.values()].find((entry) => entry.era === this.era && entry.messages.has(id));
  }

  ids() {
    return [...this.entries.values()].filter((entry) => entry.era === this.era).flatMap((entry) => [...entry.messages.keys()]);
  }

  react(id, emoji) {
    this.reactions.set(id, [emoji ?? []].flat());
    const entry = this.entryOf(id);
    if (entry) this.redraw(entry);
  }

  pollChanged(poll) {
    for (const entry of this.entries.values()) {
      const [message] = entry.messages.values();
      if (message.poll?.id !== poll.id) continue;
      Object.assign(message.poll, poll);
      this.redraw(entry);
    }
  }

  pin(id) {
    const message = id === null ? null : this.entryOf(id)?.messages.get(id);
    this.pinned = message ? id : null;
    this.pinBar.hidden = !message;
    this.pinBar.onclick = () => this.goTo(id);
    this.pinWords.textContent = message ? inOneLine(message) : "";
  }

  /** Days between messages, the foot, the pinned words: what depends on the whole list. */
  refresh() {
    let last = "";
    for (const node of [...this.list.children]) {
      if (!node.entry) node.remove();
      else if (node.entry.day !== last) {
        last = node.entry.day;
        node.before(h("li", { class: "line day" }, h("span", {}, last)));
      }
    }
    if (this.pinned) this.pin(this.pinned);
    this.shapeFoot();
    this.settle(false);
  }

  goTo(id) {
    const node = this.entryOf(id)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("flash");
    void node.offsetWidth;
    node.classList.add("flash");
  }
}
