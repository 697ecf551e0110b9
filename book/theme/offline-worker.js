// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs beside the pages once a reader asked to keep the book (offline.js): network first, what is kept when there is none.

const KEPT = "book";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

/** All files of the list into the cache, and out of it what the list does not name. */
async function keep(list) {
  const { files } = await (await fetch(list, { cache: "no-cache" })).json();
  const cache = await caches.open(KEPT);
  const wanted = new Set(files.map((file) => new URL(file, list).href));
  await cache.addAll([...wanted, list]);
  for (const { url } of await cache.keys()) {
    if (!wanted.has(url) && url !== list) await cache.delete(url);
  }
  return wanted.size;
}

self.addEventListener("message", (event) => {
  const [port] = event.ports;
  const told = keep(event.data.keep).then(
    (files) => port.postMessage({ files }),
    (error) => port.postMessage({ error: String(error.message ?? error) }),
  );
  event.waitUntil(told);
});

/** A page may be asked for as a folder; a query only tells caches apart. */
async function kept(request) {
  const address = new URL(request.url);
  if (address.pathname.endsWith("/")) address.pathname += "index.html";
  return caches.match(address, { cacheName: KEPT, ignoreSearch: true });
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const own = new URL(request.url);
  if (request.method !== "GET" || own.origin !== self.location.origin || own.pathname.startsWith("/api/")) return;
  event.respondWith(
    fetch(request).catch(async (error) => {
      const found = await kept(request);
      if (found) return found;
      throw error;
    }),
  );
});
