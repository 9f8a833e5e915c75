/** What the plus button offers: photos, files, a place, a contact, a sticker. */

import { h, icon } from "./dom.js";
import { shrink } from "./recorder.js";
import { base64 } from "./server.js";

const STICKERS = ["👍", "👏", "😀", "😐", "🙁", "🙏", "🌾", "🌞", "🎉", "❤️", "🐂", "☕"];

const HOME = { latitude: 26.3812, longitude: 108.0738 };

async function sendPhotos(phone, files) {
  const album = files.length > 1 ? { media_group_id: String(Date.now()) } : {};
  for (const file of files) await phone.act("photo", { image: await base64(await shrink(file)), ...album });
}

async function sendFile(phone, file) {
  await phone.act("document", { file: await base64(file), file_name: file.name, mime_type: file.type || "application/octet-stream" });
}

function input(testid, props, chosen) {
  const node = h("input", { type: "file", hidden: true, tabindex: -1, data: { testid }, ...props });
  node.addEventListener("change", async () => {
    const files = [...node.files];
    node.value = "";
    if (files.length) await chosen(files);
  });
  return node;
}

function form(phone, title, fields, send) {
  phone.openSheet(title, (close) => {
    const inputs = fields.map(([name, label, value, mode]) => h("label", { class: "form-line" }, label,
      h("input", { name, value, inputmode: mode, autocomplete: "off", required: true, data: { testid: `form-${name}` } })));
    const node = h("form", { class: "form" }, inputs, h("button", { class: "wide primary", data: { testid: "form-send" } }, "发送 Send"));
    node.addEventListener("submit", (event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(node));
      close();
      send(values);
    });
    return node;
  });
}

/** Where the device is, if it says so at once; else the county town. */
function whereabouts() {
  return new Promise((resolve) => {
    const options = { timeout: 1500, maximumAge: 600_000 };
    navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), () => resolve(HOME), options);
  });
}

/** The attachments of one phone: hidden file inputs and the menu that opens them. */
export function attachments(phone) {
  const photos = (files) => sendPhotos(phone, files);
  const camera = input("camera-input", { accept: "image/*", capture: "environment" }, photos);
  const gallery = input("photo-input", { accept: "image/*", multiple: true }, photos);
  const file = input("document-input", {}, ([first]) => sendFile(phone, first));

  const location = async () => {
    const { latitude, longitude } = await whereabouts();
    form(phone, "位置 Location", [["latitude", "纬度 Latitude", latitude, "decimal"], ["longitude", "经度 Longitude", longitude, "decimal"]],
      (values) => phone.act("location", { latitude: Number(values.latitude), longitude: Number(values.longitude) }));
  };
  const contact = () => form(phone, "电话 Phone number", [["phone_number", "号码 Number", "", "tel"]],
    (values) => phone.act("contact", values));
  const sticker = () => phone.openSheet("表情 Sticker", (close) => h("div", { class: "stickers" },
    STICKERS.map((emoji) => h("button", {
      type: "button", class: "sticker-key", data: { testid: "sticker-key" },
      onclick: () => {
        close();
        phone.act("sticker", { emoji });
      },
    }, emoji))));

  const tiles = [
    ["camera", "拍照", "Camera", () => camera.click()],
    ["gallery", "相册", "Photos", () => gallery.click()],
    ["file", "文件", "File", () => file.click()],
    ["place", "位置", "Place", location],
    ["contact", "电话", "Contact", contact],
    ["smile", "表情", "Sticker", sticker],
  ];
  const open = () => phone.openSheet("发送 Send", (close) => h("div", { class: "tiles" },
    tiles.map(([shape, chinese, english, run]) => h("button", {
      type: "button", class: "tile", data: { testid: `attach-${shape}` },
      onclick: () => {
        close();
        run();
      },
    }, h("span", { class: "tile-sign" }, icon(shape)), h("b", {}, chinese), h("small", { lang: "en" }, english)))));

  return { inputs: [camera, gallery, file], open, location, contact };
}
