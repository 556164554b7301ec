// Words of units and spans.
export const WORDS = {
  "unit.kmh": { zh: "km/h", en: "km/h" },
  "time.s": { zh: "{s} 秒", en: "{s} s" },
  "time.min": { zh: "{m} 分钟", en: "{m} min" },
  "time.h": { zh: "{h} 时 {m} 分", en: "{h} h {m}" },
  "time.d": { zh: "{d} 天 {h} 小时", en: "{d} d {h} h" },
};
