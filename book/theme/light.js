// SPDX-License-Identifier: MIT OR Apache-2.0
// Before the first paint: there is script, so what needs it may show; and the light that the reader chose earlier. A module
// would run after the paint, and the page would flash.
document.documentElement.dataset.script = "";
try {
  const chosen = localStorage.getItem("light");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.light = chosen;
} catch {
  // Storage is forbidden here: the system's setting holds.
}
