// Runs before anything is painted, so that a night shift never sees a white flash.
(() => {
  const chosen = localStorage.getItem("forewarn.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
})();
