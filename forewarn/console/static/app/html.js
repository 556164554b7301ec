// Preact by tagged templates: no build step, and every text goes through a text node.
import { h } from "preact";
import htm from "htm";

const NEVER_STATIC = 3;

/** htm would keep what has no variables for good; such an element points to its old parents, and they to theirs. */
export const html = htm.bind(function element(...parts) {
  this[0] = NEVER_STATIC;
  return h(...parts);
});
