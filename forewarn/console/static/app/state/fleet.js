// The newest position of each vehicle: plain rows outside the signals, since there are ten thousand.
import { signal } from "@preact/signals";

/** Vehicle to {number, vehicle, carrier, driver, lon, lat, speed_kmh, heading_deg, at}. */
export const fleet = new Map();
/** How many vehicles are known. */
export const fleetSize = signal(0);
/** Goes up when positions have come. */
export const fleetRevision = signal(0);

let waiting = new Set();
let numbers = 0;

/** Take the answer of `/api/vehicles`. */
export function takeFleet(vehicles) {
  for (const one of vehicles) set(one.vehicle, one);
  told();
}

/** Take the rows of a `positions` event: [vehicle, lon, lat, speed, heading, at_ms]. */
export function takePositions(rows) {
  for (const [vehicle, lon, lat, speed_kmh, heading_deg, at] of rows) {
    set(vehicle, { vehicle, lon, lat, speed_kmh, heading_deg, at });
  }
  told();
}

function set(vehicle, fix) {
  const known = fleet.get(vehicle);
  if (known) Object.assign(known, fix);
  else fleet.set(vehicle, { number: ++numbers, carrier: null, driver: null, ...fix });
  waiting.add(vehicle);
}

function told() {
  fleetSize.value = fleet.size;
  fleetRevision.value += 1;
}

/** The vehicles that moved since this was asked last. */
export function moved() {
  const which = waiting;
  waiting = new Set();
  return which;
}

export function forgetFleet() {
  fleet.clear();
  waiting = new Set();
  told();
}
