/** The page: which phones there are, their events, tabs and cards. */

import { h } from "./dom.js";
import { chooseGroup, deepLink, showCode } from "./links.js";
import { Phone } from "./phone.js";
import { act, follow, qr, read, Refused } from "./server.js";

const LOOK_AGAIN = 3000;

const spot = (id) => document.getElementById(id);

/** The phones side by side and what they share. */
const desk = {
  bot: null,
  phones: [],
  streams: new Map(),
  down: new Set(),
  seen: "",

  /** One phone for each person, the private chat first. */
  people() {
    const users = [...new Set(this.phones.map((phone) => phone.spec.user))];
    return users.map((user) => this.phoneOf(user));
  },

  phoneOf(user) {
    const own = this.phones.filter((phone) => phone.spec.user === user);
    return own.find((phone) => !phone.isGroup) ?? own[0];
  },

  show(phone) {
    phone.node.scrollIntoView({ block: "nearest", inline: "center" });
  },

  /** Open a deep link on a person's phone; START still has to be tapped, as on a real one. */
  async scan(phone, url) {
    const link = deepLink(url);
    if (!link) return phone.toast("打不开这个链接 This link cannot be opened here");
    const own = this.phoneOf(phone.spec.user);
    if (link.startgroup === null) {
      own.offerStart(link.start);
      return this.show(own);
    }
    return chooseGroup(phone, async (group) => {
      const body = { user: phone.spec.user, group: group.id, payload: link.startgroup, admin: link.admin };
      await act("startgroup", link.admin.length && group.type === "group" ? { ...body, migrate: true } : body)
        .catch((error) => phone.toast(error instanceof Refused ? error.message : String(error)));
    });
  },

  useCard(card) {
    const phone = card.user && this.phoneOf(card.user);
    if (phone) this.scan(phone, card.url);
    else showCode(this, card.label, card.url);
  },
};

function lost(what) {
  desk.down.add(what);
  spot("state").hidden = false;
}

function found(what) {
  desk.down.delete(what);
  spot("state").hidden = desk.down.size === 0;
}

/** One stream a user, however many of the phones are that user's: browsers allow few connections. */
function listen(user) {
  const own = () => desk.phones.filter((phone) => phone.spec.user === user);
  const opened = () => {
    found(user);
    own().forEach((phone) => phone.sync());
    look().catch(() => lost("page"));
  };
  const happened = (event) => own().forEach((phone) => phone.happen(event));
  return follow(user, { opened, happened, lost: () => lost(user) });
}

function tab(phone, index) {
  return h("button", {
    type: "button", role: "tab", class: "tab", "aria-controls": phone.node.id, "aria-selected": index === 0 ? "true" : "false",
    data: { testid: `tab-${index}` }, onclick: () => desk.show(phone),
  }, phone.spec.title);
}

/** Mark the tab of the phone that is in sight; on a narrow screen one fills the desk. */
function markTab() {
  const { scrollLeft, clientWidth } = spot("desk");
  const at = Math.round(scrollLeft / clientWidth);
  [...spot("tabs").children].forEach((node, index) => {
    if (index === at) node.scrollIntoView({ block: "nearest", inline: "nearest" });
    node.setAttribute("aria-selected", String(index === at));
  });
}

function layPhones(specs) {
  desk.streams.forEach((stop) => stop());
  desk.streams.clear();
  desk.down.clear();
  desk.phones = specs.map((spec, index) => new Phone(spec, index, desk));
  spot("desk").replaceChildren(...desk.phones.map((phone) => phone.node));
  spot("tabs").replaceChildren(...desk.phones.map(tab));
  spot("waiting").hidden = desk.phones.length > 0;
  for (const { spec } of desk.phones) {
    if (!desk.streams.has(spec.user)) desk.streams.set(spec.user, listen(spec.user));
  }
  markTab();
}

function layCards(cards) {
  spot("shelf").hidden = !cards.length;
  spot("shelf").replaceChildren(...cards.map((card) => h("button", {
    type: "button", class: "card", data: { testid: "card" }, "aria-label": `扫一扫 Scan: ${card.label}`, onclick: () => desk.useCard(card),
  }, h("img", { src: qr(card.url), alt: "", width: 64, height: 64 }), h("span", {}, card.label))));
}

/** Read what the page shall show; lay it out anew only where it changed. */
async function look() {
  const { phones = [], cards = [] } = await read("phones");
  const [specs, shelf] = [JSON.stringify(phones), JSON.stringify(cards)];
  if (desk.seen !== specs) layPhones(phones);
  if (desk.shelf !== shelf) layCards(cards);
  desk.seen = specs;
  desk.shelf = shelf;
}

async function keepLooking() {
  await look().then(() => found("page"), () => lost("page"));
  setTimeout(keepLooking, LOOK_AGAIN);
}

spot("desk").addEventListener("scroll", markTab, { passive: true });
addEventListener("resize", markTab);
keepLooking();
