// Preact by tagged templates: no build step, and every text goes through a text node.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
