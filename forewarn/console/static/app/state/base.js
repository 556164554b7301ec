// What is told of the base map, whether or not the map's own code has been loaded.
import { signal } from "@preact/signals";

export const baseAttribution = signal("");
export const baseFault = signal("");
