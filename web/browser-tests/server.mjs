// SPDX-License-Identifier: MIT OR Apache-2.0
// A static server for the built book: 127.0.0.1 only, a free port, nothing cached, so that a test never sees an older build.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, resolve, sep } from "node:path";

/** What browsers insist on: a WASM module is only streamed, and a script only run, under its own type. */
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".woff2": "font/woff2",
};

/**
 * Serves the folder `root`. Answers with the base address (`http://127.0.0.1:<port>/`) and a `close` function.
 */
export async function serve(root) {
  const base = resolve(root);
  const server = createServer((request, response) => {
    answer(base, request, response).catch((error) => {
      response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
    });
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      return new Promise((closed) => server.close(closed));
    },
  };
}

async function answer(base, request, response) {
  const path = await fileFor(base, request.url);
  if (path === null) {
    response.writeHead(404, { "content-type": "text/plain" }).end(`no such file: ${request.url}`);
    return;
  }
  response.writeHead(200, {
    "cache-control": "no-store",
    "content-type": TYPES[extname(path)] ?? "application/octet-stream",
  });
  if (request.method === "HEAD") response.end();
  else createReadStream(path).pipe(response);
}

/** The file that a request's address names, a folder standing for its index.html; null when there is none under `base`. */
async function fileFor(base, url) {
  let path;
  try {
    path = resolve(join(base, decodeURIComponent(new URL(url, "http://localhost").pathname)));
  } catch {
    return null;
  }
  if (path !== base && !path.startsWith(base + sep)) return null;
  for (const candidate of [path, join(path, "index.html")]) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile()) return candidate;
  }
  return null;
}
