/** The player of voice notes: one plays at a time, a dot marks what was not heard yet. */

import { duration, h, icon } from "./dom.js";
import { media } from "./server.js";

let current = null;

const heardKey = (phone, message) => `heard:${phone.spec.user}:${phone.chat}:${message.message_id}:${message.voice?.file_unique_id}`;

function barOf(audio, total) {
  const fill = h("span", { class: "bar-fill" });
  const bar = h("span", { class: "bar", role: "slider", tabindex: 0, "aria-label": "进度 Progress",
    "aria-valuemin": 0, "aria-valuemax": total, "aria-valuenow": 0 }, fill);
  const seek = (seconds) => {
    audio.currentTime = Math.min(Math.max(0, seconds), total);
  };
  bar.addEventListener("click", (event) => {
    const box = bar.getBoundingClientRect();
    seek(((event.clientX - box.left) / box.width) * total);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (!step) return;
    event.preventDefault();
    seek(audio.currentTime + step);
  });
  const show = (seconds) => {
    fill.style.width = `${Math.min(100, (seconds / total) * 100)}%`;
    bar.setAttribute("aria-valuenow", Math.round(seconds));
  };
  return { bar, show };
}

/** A voice note or audio file with play, progress and duration. */
export function player(phone, message, file) {
  const total = Math.max(1, file.duration);
  const audio = new Audio();
  audio.preload = "none";
  audio.src = media(file.file_id);
  const { bar, show } = barOf(audio, total);
  const time = h("span", { class: "voice-time", data: { testid: "voice-time" } }, duration(file.duration));
  const button = h("button", { type: "button", class: "voice-play", "aria-label": "播放 Play", data: { testid: "play" } }, icon("play"));
  const fresh = !phone.mine(message) && message.voice && !sessionStorage.getItem(heardKey(phone, message));
  const node = h("div", { class: "voice", data: { testid: "voice", state: "idle" } }, button, bar, time,
    fresh && h("span", { class: "voice-dot", role: "img", "aria-label": "未听 Not heard", data: { testid: "unplayed" } }));
  node.style.setProperty("--length", Math.min(total, 30));

  const face = (playing) => {
    button.replaceChildren(icon(playing ? "pause" : "play"));
    button.setAttribute("aria-label", playing ? "暂停 Pause" : "播放 Play");
    node.dataset.state = playing ? "playing" : "idle";
  };
  let frame = 0;
  const follow = () => {
    show(audio.currentTime);
    time.textContent = duration(audio.currentTime);
    if (!audio.paused) frame = requestAnimationFrame(follow);
  };
  audio.addEventListener("playing", () => {
    sessionStorage.setItem(heardKey(phone, message), "1");
    node.querySelector(".voice-dot")?.remove();
    follow();
  });
  audio.addEventListener("seeked", () => show(audio.currentTime));
  audio.addEventListener("pause", () => face(false));
  audio.addEventListener("ended", () => {
    cancelAnimationFrame(frame);
    audio.currentTime = 0;
    show(0);
    time.textContent = duration(file.duration);
  });
  audio.addEventListener("error", () => {
    face(false);
    phone.toast("这条语音放不出来 This voice cannot be played");
  });
  button.addEventListener("click", () => {
    if (!audio.paused) return audio.pause();
    current?.pause();
    current = audio;
    face(true);
    return audio.play().catch(() => face(false));
  });
  return node;
}
