// SPDX-License-Identifier: MIT OR Apache-2.0
// Before the first paint: the light that the reader chose earlier. A module would run after it, and the page would flash.
try {
  const chosen = localStorage.getItem("light");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.light = chosen;
} catch {
  // Storage is forbidden here: the system's setting holds.
}
