/** What a message carries besides words: pictures, voices, files, places. */

import { duration, h, icon, nameOf, size } from "./dom.js";
import { dialog } from "./links.js";
import { media } from "./server.js";
import { player } from "./player.js";

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

function enlarge(source, label) {
  dialog(label, h("img", { class: "enlarged", src: source, alt: label, data: { testid: "enlarged" } }));
}

function covered(message, node) {
  if (!message.has_media_spoiler) return node;
  node.classList.add("covered");
  node.addEventListener("click", (event) => {
    if (!node.classList.contains("covered")) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    node.classList.remove("covered");
  }, { capture: true });
  return node;
}

function photo(message) {
  const best = message.photo.reduce((a, b) => (b.width * b.height > a.width * a.height ? b : a));
  const label = message.caption ?? "图片 Photo";
  const source = media(best.file_id);
  return covered(message, h("button", {
    type: "button", class: "picture", "aria-label": `放大 Enlarge: ${label}`, data: { testid: "photo" },
    onclick: () => enlarge(source, label),
  }, h("img", { src: source, alt: label, width: best.width, height: best.height })));
}

function moving(message) {
  const file = message.animation ?? message.video ?? message.video_note;
  const source = media(file.file_id);
  const box = { width: file.width ?? file.length, height: file.height ?? file.length };
  if (file.mime_type === "image/gif") return h("img", { class: "moving", src: source, alt: "动图 Animation", ...box });
  const loops = Boolean(message.animation) && !CALM.matches;
  const video = h("video", { class: "moving", src: source, playsinline: true, preload: "metadata", controls: !loops,
    loop: Boolean(message.animation), ...box, "aria-label": "视频 Video" });
  video.muted = Boolean(message.animation);
  video.autoplay = loops;
  return covered(message, video);
}

function file(message) {
  const paper = message.document;
  const name = paper.file_name ?? "文件 File";
  return h("a", { class: "paper", href: media(paper.file_id), download: name, data: { testid: "document" } },
    h("span", { class: "paper-sign" }, icon("file")),
    h("span", { class: "paper-words" }, h("b", {}, name), h("small", {}, size(paper.file_size))));
}

function tune(phone, message) {
  const title = [message.audio.performer, message.audio.title].filter(Boolean).join(" · ");
  return h("div", { class: "tune" },
    h("b", {}, title || (message.audio.file_name ?? "音频 Audio")), player(phone, message, message.audio));
}

function place({ latitude, longitude }, title) {
  return h("div", { class: "place", data: { testid: "location" } },
    h("span", { class: "place-map" }, icon("place")),
    h("span", { class: "place-words" }, h("b", {}, title ?? "位置 Location"),
      h("small", {}, `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`)));
}

function person(contact) {
  return h("div", { class: "person", data: { testid: "contact" } },
    h("span", { class: "person-sign" }, icon("contact")),
    h("span", { class: "person-words" }, h("b", {}, nameOf(contact)), h("small", {}, contact.phone_number)));
}

/** The part of a message that is not words, or null; an edit of words or buttons leaves it playing. */
export function carried(phone, message) {
  const file = message.voice ?? message.photo?.at(-1) ?? message.audio ?? message.animation ?? message.video ?? message.document;
  const kept = phone.carried.get(message.message_id);
  if (kept && kept.sign === file?.file_unique_id) return kept.node;
  const node = carry(phone, message);
  if (file) phone.carried.set(message.message_id, { sign: file.file_unique_id, node });
  return node;
}

function carry(phone, message) {
  if (message.photo) return photo(message);
  if (message.voice) return player(phone, message, message.voice);
  if (message.audio) return tune(phone, message);
  if (message.animation || message.video || message.video_note) return moving(message);
  if (message.document) return file(message);
  if (message.sticker) return h("span", { class: "sticker", data: { testid: "sticker" } }, message.sticker.emoji ?? "🙂");
  if (message.dice) return h("span", { class: "sticker" }, `${message.dice.emoji} ${message.dice.value}`);
  if (message.venue) return place(message.venue.location, message.venue.title);
  if (message.location) return place(message.location);
  if (message.contact) return person(message.contact);
  return null;
}

/** A message in one line, for the pinned bar and for quotes. */
export function inOneLine(message) {
  if (message.text || message.caption) return message.text ?? message.caption;
  if (message.voice) return `🎤 语音 Voice ${duration(message.voice.duration)}`;
  if (message.photo) return "🖼 图片 Photo";
  if (message.animation || message.video || message.video_note) return "🎞 视频 Video";
  if (message.document) return `📄 ${message.document.file_name ?? "文件 File"}`;
  if (message.audio) return `🎵 ${message.audio.title ?? "音频 Audio"}`;
  if (message.poll) return `📊 ${message.poll.question}`;
  if (message.location) return "📍 位置 Location";
  if (message.contact) return `👤 ${nameOf(message.contact)}`;
  if (message.sticker) return message.sticker.emoji ?? "🙂";
  return "…";
}
