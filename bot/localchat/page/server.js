/** Talking to the local chat's control API. */

/** What the server refused, in its own words. */
export class Refused extends Error {}

async function answerOf(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error ?? `${response.status} ${response.statusText}`);
  return body;
}

/** Read from the control API. */
export async function read(path, query = {}) {
  const known = Object.entries(query).filter(([, value]) => value !== undefined);
  return answerOf(await fetch(`/control/${path}?${new URLSearchParams(known)}`));
}

/** Do something through the control API. */
export async function act(path, body) {
  const headers = { "content-type": "application/json" };
  return answerOf(await fetch(`/control/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** The address of a stored file. */
export const media = (fileId) => `/media/${encodeURIComponent(fileId)}`;

/** The address of a QR picture of a text. */
export const qr = (text) => `/control/qr?${new URLSearchParams({ text })}`;

/** A file as base64, without the data: prefix. */
export function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * Follow one user's events; returns how to stop.
 *
 * EventSource comes back by itself with Last-Event-ID after a lost connection, but gives up for good
 * when a restarting server answers with an error page: then a new one is made.
 */
export function follow(user, { opened, happened, lost }) {
  let source = null;
  let timer = 0;
  let pause = 500;
  const connect = () => {
    source = new EventSource(`/control/events?user=${encodeURIComponent(user)}`);
    source.onopen = () => {
      pause = 500;
      opened();
    };
    source.onmessage = (event) => happened(JSON.parse(event.data));
    source.onerror = () => {
      lost();
      if (source.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(connect, pause);
      pause = Math.min(pause * 2, 8000);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
