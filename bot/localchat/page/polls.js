/** Polls: choose, vote, see the shares. */

import { h } from "./dom.js";
import { act, Refused } from "./server.js";

async function vote(phone, poll, options) {
  try {
    await act("vote", { user: phone.spec.user, poll_id: poll.id, options });
    phone.votes.set(poll.id, options);
    phone.pollChanged({ id: poll.id });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    phone.toast(error.message);
  }
}

function share(option, all) {
  return all ? Math.round((option.voter_count / all) * 100) : 0;
}

function result(poll, option, chosen) {
  const part = share(option, poll.total_voter_count);
  const fill = h("span", { class: "bar-fill" });
  fill.style.width = `${part}%`;
  return h("li", { class: chosen ? "poll-row chosen" : "poll-row", data: { testid: "poll-result" } },
    h("span", { class: "poll-words" }, chosen ? "✔ " : "", option.text), h("b", {}, `${part}%`),
    h("span", { class: "bar" }, fill));
}

function choices(phone, poll) {
  const picked = new Set();
  const cast = h("button", { type: "button", class: "wide primary", disabled: true, onclick: () => vote(phone, poll, [...picked]) }, "投票 Vote");
  const toggle = (node, at) => {
    if (!poll.allows_multiple_answers) return vote(phone, poll, [at]);
    if (!picked.delete(at)) picked.add(at);
    node.setAttribute("aria-pressed", picked.has(at));
    cast.disabled = !picked.size;
    return undefined;
  };
  return [
    h("div", { class: "poll-options" }, poll.options.map((option, at) => h("button", {
      type: "button", class: "poll-option", data: { testid: "poll-option" },
      "aria-pressed": poll.allows_multiple_answers ? "false" : null,
      onclick: (event) => toggle(event.currentTarget, at),
    }, option.text))),
    poll.allows_multiple_answers && cast,
  ];
}

/** A poll as this phone sees it: open and not voted yet, or its shares. */
export function pollCard(phone, poll) {
  const mine = phone.votes.get(poll.id);
  const open = !poll.is_closed && !mine?.length;
  const kind = poll.is_closed ? "已结束 Closed" : poll.is_anonymous ? "匿名投票 Anonymous poll" : "投票 Poll";
  return h("div", { class: "poll", data: { testid: "poll" } },
    h("b", { class: "poll-question" }, poll.question), h("small", {}, kind),
    open ? choices(phone, poll) : h("ul", {}, poll.options.map((option, at) => result(poll, option, mine?.includes(at)))),
    h("small", { data: { testid: "poll-total" } }, `${poll.total_voter_count} 票 votes`));
}
