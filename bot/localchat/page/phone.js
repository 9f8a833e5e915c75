/** One phone: the chat of one user, kept equal to what the server says. */

import { ChatList } from "./chatlist.js";
import { Composer } from "./composer.js";
import { replyKeyboard, Taps } from "./keyboards.js";
import { deepLink } from "./links.js";
import { act, read, Refused } from "./server.js";

const ACTIONS = {
  typing: "正在输入…", record_voice: "正在录音…", upload_voice: "正在发语音…", upload_photo: "正在发图片…",
  record_video: "正在录像…", upload_video: "正在发视频…", upload_document: "正在发文件…", choose_sticker: "正在选表情…",
};

const COMMANDS_HOLD = 5000;

/** A chat of one user on the page. */
export class Phone extends ChatList {
  constructor(spec, index, desk) {
    super(spec, index);
    this.desk = desk;
    this.syncing = 0;
    this.queue = null;
    this.keyboard = null;
    this.pendingStart = null;
    this.taps = new Taps(this);
    this.composer = new Composer(this);
    this.foot.append(this.composer.node);
  }

  where() {
    return this.isGroup ? { user: this.spec.user, chat: this.chat } : { user: this.spec.user };
  }

  hears(event) {
    if (event.kind === "answer") return true;
    if (event.kind === "poll") return true;
    if (event.kind === "migrated") return event.from === this.chat;
    return Number(event.chat) === this.chat;
  }

  /** Load the chat as it is now; events that arrive meanwhile are applied after it. */
  async sync() {
    const turn = ++this.syncing;
    this.queue ??= [];
    const messages = await this.history();
    if (turn !== this.syncing) return;
    if (messages) this.renew(messages.filter((message) => !message.deleted));
    const { queue } = this;
    this.queue = null;
    queue.forEach((event) => this.happen(event));
    this.refresh();
    const moved = messages?.at(-1)?.migrate_to_chat_id;
    if (moved) this.migrate(moved);
    else this.readCommands();
  }

  async history() {
    try {
      return await read("messages", this.where());
    } catch (error) {
      if (error instanceof Refused) this.toast(error.message);
      return null;
    }
  }

  renew(messages) {
    const ids = new Set(messages.map((message) => message.message_id));
    for (const id of this.ids()) if (!ids.has(id)) this.drop(id);
    for (const message of messages) this.put(message);
    this.restore(messages);
  }

  /** What follows from a chat's history: pin, reactions, own votes. */
  restore(messages) {
    for (const message of messages) {
      if (message.reactions) this.react(message.message_id, message.reactions);
      if (message.chosen) this.votes.set(message.poll.id, message.chosen);
    }
    const told = messages.some((message) => message.pinned !== undefined);
    const pin = told
      ? messages.filter((message) => message.pinned).at(-1)
      : messages.filter((message) => message.pinned_message).at(-1)?.pinned_message;
    if (told || !this.pinned) this.pin(pin?.message_id ?? null);
  }

  async readCommands() {
    this.commandsRead = performance.now();
    const commands = this.started ? await read("commands", this.where()).catch(() => []) : [];
    this.composer.setCommands(commands);
  }

  happen(event) {
    if (this.queue) this.queue.push(event);
    else if (this.hears(event)) this.heard(event);
  }

  heard(event) {
    switch (event.kind) {
      case "message": this.arrive(event.message); break;
      case "edited": this.put(event.message); break;
      case "deleted": this.drop(event.message_id); break;
      case "answer": this.taps.answered(event); return;
      case "reaction": this.react(event.message_id, event.emoji); break;
      case "pinned": this.pin(event.message_id); break;
      case "action": this.showAction(ACTIONS[event.action] ?? "…"); return;
      case "migrated": this.migrate(event.to); return;
      case "poll": this.pollChanged(event.poll); return;
      default: return;
    }
    this.refresh();
  }

  arrive(message) {
    const own = this.mine(message);
    this.put(message);
    if (!own) this.showAction(null);
    if (!own && performance.now() - this.commandsRead > COMMANDS_HOLD) this.readCommands();
    if (!own && !this.atBottom) this.unread += 1;
    this.settle(own);
  }

  /** Follow a new message's reply keyboard: the newest one holds until it is removed. */
  heed(message) {
    const markup = message.reply_markup;
    if (!markup || message.message_id < (this.keyboardFrom ?? 0)) return;
    const forOthers = markup.selective && this.isGroup && message.reply_to_message?.from?.id !== this.spec.user;
    if (forOthers) return;
    if (markup.keyboard || markup.remove_keyboard) this.keyboardFrom = message.message_id;
    if (markup.keyboard) this.setKeyboard(markup);
    else if (markup.remove_keyboard) this.setKeyboard(null);
    else if (markup.force_reply && !this.queue) this.composer.replyTo(message);
  }

  setKeyboard(markup) {
    this.keyboard = markup;
    this.keys.replaceChildren(...(markup ? replyKeyboard(this, markup) : []));
    this.keys.hidden = !markup;
    this.composer.placeholder(markup?.input_field_placeholder);
    this.composer.shape();
  }

  toggleKeyboard() {
    this.keys.hidden = !this.keys.hidden;
  }

  migrate(to) {
    if (this.chat === to) return;
    this.chat = to;
    this.era += 1;
    this.pin(null);
    this.sync();
  }

  get started() {
    return this.isGroup || this.ids().length > 0;
  }

  offerStart(payload) {
    this.pendingStart = payload;
    this.shapeFoot();
    this.toast("扫好了，点“开始” Scanned, press START");
    this.startBar.classList.remove("called");
    void this.startBar.offsetWidth;
    this.startBar.classList.add("called");
    this.startButton.focus({ preventScroll: true });
  }

  shapeFoot() {
    const offer = !this.started || this.pendingStart !== null;
    this.startBar.hidden = !offer;
    this.startCancel.hidden = !this.started;
    this.composer.node.hidden = offer;
    this.keys.classList.toggle("away", offer);
    this.welcome.hidden = this.started;
  }

  async start() {
    const payload = this.pendingStart;
    this.pendingStart = null;
    await this.act("start", payload ? { payload } : {}, { user: this.spec.user });
    this.shapeFoot();
  }

  /**
   * Do something as this user; a refusal is shown, true means done.
   *
   * The message itself comes by the events: the answer here may be older than an edit or a removal.
   */
  async act(path, body, where = this.where()) {
    try {
      await act(path, { ...where, ...body });
      return true;
    } catch (error) {
      this.toast(error instanceof Refused ? error.message : "没发出去，请再试 Not sent, please try again");
      return false;
    }
  }

  say(text, replyTo) {
    return this.act("say", replyTo ? { text, reply_to: replyTo } : { text });
  }

  /** Open a link of our bot on this page; false for any other link. */
  follow(url) {
    const link = deepLink(url);
    if (!link || (this.desk.bot && link.bot.toLowerCase() !== this.desk.bot.toLowerCase())) return false;
    this.desk.scan(this, url);
    return true;
  }
}
