// SPDX-License-Identifier: MIT OR Apache-2.0
// "Keep it for the train": all of the book in this browser, on the reader's wish. Until then nothing is kept.
//
// The worker asks the network first, and answers from what is kept when there is none: no page is older than it must be.

/** Offers to keep the book where the browser can; the button says how it stands. */
export function offerOffline(button) {
  if (!("serviceWorker" in navigator) || !isSecureContext) return;
  const root = new URL(document.documentElement.dataset.root || "./", document.baseURI);
  button.hidden = false;
  navigator.serviceWorker.getRegistration(root).then((kept) => {
    if (kept) button.textContent = "Kept for offline; renew it";
  });
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = "Keeping\u2026";
    try {
      await navigator.serviceWorker.register(new URL("offline-worker.js", root), { scope: root.pathname });
      const { active } = await navigator.serviceWorker.ready;
      button.textContent = await keep(active, new URL("offline.json", root).href);
    } catch (error) {
      button.textContent = `Not kept: ${error.message}`;
    }
    button.disabled = false;
  });
}

/** Has the worker keep all files of a list, and answers with how that went. */
function keep(worker, list) {
  const { port1, port2 } = new MessageChannel();
  const answered = new Promise((answer) => {
    port1.onmessage = ({ data }) => answer(data.error ? `Not kept: ${data.error}` : `Kept for offline, ${data.files} files`);
  });
  worker.postMessage({ keep: list }, [port2]);
  return answered;
}
