// The map's colours: greys for what is normal; the colours of alarms are the list's own.
export const COLOURS = {
  light: {
    ground: "#eef0f2", water: "#d5dee6", green: "#e3e9e1", base: "#dcdfe3", baseMajor: "#cdd2d8",
    road: "#b9c0c9", decoy: "#d0d5db", segment: "#74849a", text: "#2a323c", name: "#545f6c", halo: "#eef0f2",
    vehicle: "#6f7b89", vehicleEdge: "#ffffff", chosen: "#0b63ce",
    p1: "#c62828", p2: "#b45f06", p3: "#5a4bb3", track: "#4a5a70", over: "#b45f06",
  },
  dark: {
    ground: "#14181d", water: "#1b2530", green: "#181f1d", base: "#20262d", baseMajor: "#2a313a",
    road: "#3a444f", decoy: "#272e36", segment: "#5c6e86", text: "#d3dbe5", name: "#93a0af", halo: "#14181d",
    vehicle: "#7d8997", vehicleEdge: "#14181d", chosen: "#6cb0ff",
    p1: "#ff6b63", p2: "#f2a33c", p3: "#a99cf5", track: "#9fb0c6", over: "#f2a33c",
  },
};
