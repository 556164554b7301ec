// The load of this desk, as the server counts it.
import { signal } from "@preact/signals";

export const load = signal(null);
/** When it was told, by `clock()`: the oldest unacknowledged one grows older meanwhile. */
export const loadAt = signal(0);
