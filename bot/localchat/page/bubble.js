/** One message, or one album, as it stands in the list. */

import { avatar, clock, h, iconButton, nameOf } from "./dom.js";
import { rich } from "./entities.js";
import { inlineKeyboard } from "./keyboards.js";
import { carried, inOneLine } from "./media.js";
import { pollCard } from "./polls.js";

const names = (users) => users.map(nameOf).join("、");

/** The words of a service message, or null for a message that people wrote. */
function systemLine(message) {
  const who = nameOf(message.from);
  if (message.pinned_message) return `${who} 置顶了一条消息 pinned a message`;
  if (message.new_chat_members) {
    const alone = message.new_chat_members.length === 1 && message.new_chat_members[0].id === message.from?.id;
    return alone ? `${who} 进群了 joined` : `${who} 把 ${names(message.new_chat_members)} 请进了群 added`;
  }
  if (message.left_chat_member) {
    const left = message.left_chat_member;
    return left.id === message.from?.id ? `${who} 退群了 left` : `${who} 把 ${nameOf(left)} 移出了群 removed`;
  }
  if (message.group_chat_created || message.supergroup_chat_created) return `${who} 建了群 created the group`;
  if (message.migrate_to_chat_id) return "群升级了 The group was upgraded";
  if (message.migrate_from_chat_id) return "往下是升级后的群 From here on the upgraded group";
  if (message.new_chat_title) return `群名改为“${message.new_chat_title}” renamed`;
  if (message.new_chat_photo || message.delete_chat_photo) return "群头像已更换 The group photo changed";
  return null;
}

function origin(message) {
  const from = message.forward_origin;
  if (!from) return null;
  const who = nameOf(from.sender_user ?? from.sender_chat ?? from.chat) || from.sender_user_name || "";
  return h("div", { class: "origin" }, `转发自 Forwarded from ${who}`);
}

function quote(phone, message) {
  const first = message.reply_to_message;
  if (!first) return null;
  return h("button", { type: "button", class: "quote", onclick: () => phone.goTo(first.message_id) },
    h("b", {}, nameOf(first.from)), h("span", {}, inOneLine(first)));
}

function words(phone, message) {
  // As on a real phone, the payload of a deep link is not shown.
  const text = (message.text ?? message.caption)?.replace(/^(\/start(@\w+)?) [\w-]+$/, "$1");
  if (!text) return null;
  const big = message.text && !message.entities?.length && /^\p{Extended_Pictographic}\uFE0F?$/u.test(text);
  return h("div", { class: big ? "words words-big" : "words", data: { testid: "text" } },
    rich(phone, text, message.text ? message.entities : message.caption_entities));
}

function foot(phone, message) {
  const edited = phone.edited(message) && h("span", { data: { testid: "edited" } }, "已编辑 edited");
  return h("div", { class: "foot-line" }, edited,
    h("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)));
}

function reactions(phone, messages) {
  const all = messages.flatMap((message) => phone.reactions.get(message.message_id) ?? []);
  if (!all.length) return null;
  return h("div", { class: "reactions", data: { testid: "reactions" } }, all.map((emoji) => h("span", {}, emoji)));
}

function bubble(phone, messages) {
  const [first] = messages;
  const caption = messages.find((message) => message.caption) ?? first;
  const things = messages.map((message) => carried(phone, message)).filter(Boolean);
  const text = words(phone, caption);
  const bare = messages.some((message) => message.sticker);
  const picture = Boolean(first.photo ?? first.animation ?? first.video);
  const shape = [bare && "bare", picture && "pictured", inlineKeyboardOf(first) && "keyed"].filter(Boolean).join(" ");
  return h("div", { class: `bubble ${shape}` }, origin(first), quote(phone, first),
    things.length > 1 && first.photo ? h("div", { class: "album" }, things) : things,
    first.poll && pollCard(phone, first.poll), text, foot(phone, messages.at(-1)));
}

const inlineKeyboardOf = (message) => message.reply_markup?.inline_keyboard?.length;

/** Draw an entry of the list: one message, or the pictures of one album. */
export function draw(phone, messages) {
  const [first] = messages;
  const line = systemLine(first);
  const data = { testid: line ? "system" : "message", id: first.message_id };
  if (line) return h("li", { class: "line system", data }, h("span", {}, line));
  const mine = phone.mine(first);
  const who = first.sender_chat ?? first.from;
  const named = phone.isGroup && !mine;
  const width = messages.some((message) => message.voice) ? "holder voiced" : "holder";
  return h("li", { class: `line ${mine ? "mine" : "theirs"}`, data },
    named && avatar(who),
    h("div", { class: width },
      named && h("span", { class: `who ink-${Math.abs(who?.id ?? 0) % 6}`, data: { testid: "who" } }, nameOf(who)),
      h("div", { class: "with-reply" }, bubble(phone, messages),
        iconButton("reply", "回复 Reply", () => phone.composer.replyTo(first), { class: "round reply", data: { testid: "reply" } })),
      reactions(phone, messages), inlineKeyboard(phone, first)));
}
