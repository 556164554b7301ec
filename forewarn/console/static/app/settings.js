// What this browser remembers: theme, language, sound, whether the map is shown.
import { effect, signal } from "@preact/signals";

function kept(name, fallback) {
  const key = `forewarn.${name}`;
  const held = signal(localStorage.getItem(key) ?? fallback);
  effect(() => {
    if (held.value === fallback) localStorage.removeItem(key);
    else localStorage.setItem(key, held.value);
  });
  return held;
}

/** `auto` follows the system. */
export const theme = kept("theme", "auto");
/** Empty: as the account says. */
export const language = kept("language", "");
export const sound = kept("sound", "on");
export const mapShown = kept("map", "yes");

const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", (event) => { systemDark.value = event.matches; });

const small = matchMedia("(max-width: 1200px)");
/** Whether the window is too narrow for all of the head: the rest is then in a menu. */
export const isNarrow = signal(small.matches);
small.addEventListener("change", (event) => { isNarrow.value = event.matches; });

/** Whether the page is dark now. */
export const isDark = () => theme.value === "dark" || (theme.value === "auto" && systemDark.value);

effect(() => {
  const root = document.documentElement;
  if (theme.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme.value;
});

export function switchTheme() {
  theme.value = isDark() ? "light" : "dark";
}
