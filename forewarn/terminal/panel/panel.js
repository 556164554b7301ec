// What the terminal tells, put on the screen as text. No judgement is made here, but what is large and what is red.
"use strict";

const WORDS = {
  zh: {
    clear: "前方无危险路段", paused: "卫星定位中断，预警暂停", searching: "正在定位", left: "可驾驶", reached: "请停车休息",
    here: "您在", hours: "小时", minutes: "分", sound: "无声音", state: "存储故障", segments: "无路段数据", away: "终端无响应",
  },
  en: {
    clear: "no hazard ahead", paused: "no satellite position: warnings are paused", searching: "searching satellites",
    left: "driving time left", reached: "stop and rest", here: "you are in", hours: "h", minutes: "min", sound: "no sound",
    state: "storage fault", segments: "no road data", away: "terminal does not answer",
  },
};
const SHORT_MIN = 30;  // as long before the limit as the driver is told of it
const at = (id) => document.getElementById(id);
const put = (id, text) => { if (at(id).textContent !== String(text)) at(id).textContent = text; };

function duration(minutes, words) {
  const hours = Math.floor(minutes / 60), rest = minutes % 60;
  const spaced = words === WORDS.en ? " " : "";
  return (hours ? hours + spaced + words.hours + " " : "") + (rest || !hours ? rest + spaced + words.minutes : "");
}

function show(told) {
  const words = WORDS[told.language] || WORDS.en, fix = told.fix;
  document.documentElement.lang = told.language || "en";
  document.body.className = told.night ? "night" : "day";
  const place = fix && !told.paused ? fix.here || fix.ahead : null;
  const here = Boolean(place && place === fix.here);
  at("place").className = (place ? (here ? "here" : "ahead") : "none") + (told.paused || told.away ? " paused" : "");
  if (place) {
    put("what", here ? words.here + " " + place.what : place.what);
    put("name", place.name);
    put("distance", here ? "" : place.distance.value);
    put("far-unit", here ? "" : place.distance.unit);
  }
  put("clear", told.away ? words.away : told.paused ? words.paused : fix ? words.clear
    : words.searching + (told.satellites ? " " + told.satellites : ""));
  const limit = place ? place.limit : null;
  at("sign").className = limit === null ? "none" : "";
  put("limit", limit === null ? "" : limit);
  put("speed", fix && !told.paused && fix.speed !== null ? fix.speed : "–");
  put("unit", fix ? fix.unit : "km/h");
  at("own").className = here && limit !== null && fix.speed > limit ? "over" : "";
  driving(fix, words);
  put("said", told.said || "");
  put("notes", ["sound", "state", "segments"].filter((name) => told.faults.includes(name)).map((name) => words[name])
    .join(" · "));
}

function driving(fix, words) {
  const left = fix ? fix.left_min : null;
  at("driving").className = left === null ? "none" : left <= SHORT_MIN ? "short" : "";
  if (left === null) return;
  put("left-name", left > 0 ? words.left : "");
  put("left", left > 0 ? duration(left, words) : words.reached);
  at("used").style.width = 100 * Math.min(1, left / Math.max(1, left + fix.driven_min)) + "%";
}

let last = null, heard = Date.now();

function listen() {
  const events = new EventSource("events");
  events.onmessage = (event) => { heard = Date.now(); last = JSON.parse(event.data); if (last.language) show(last); };
  events.onerror = () => { if (events.readyState === EventSource.CLOSED) setTimeout(listen, 2000); };
}

// a panel that shows what was true some time ago would be worse than none
setInterval(() => {
  if (Date.now() - heard > 15000) show({ ...(last || { language: "zh", faults: [] }), fix: null, said: "", away: true });
}, 1000);
last = JSON.parse(at("first").textContent);
if (last.language) show(last);
listen();
