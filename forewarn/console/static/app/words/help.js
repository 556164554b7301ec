// Words of the help.
export const WORDS = {
  "help.title": { zh: "键盘", en: "Keyboard" },
  "help.next": { zh: "下一条 / 上一条", en: "Next / previous" },
  "help.first": { zh: "到下一条未确认", en: "Next unacknowledged" },
  "help.enter": { zh: "打开详情", en: "Open the detail" },
  "help.escape": { zh: "返回列表，关闭", en: "Back to the list, close" },
  "help.silence": { zh: "静音（不确认）", en: "Silence (acknowledges nothing)" },
  "help.search": { zh: "查找车辆或路段", en: "Search vehicle or segment" },
  "help.vehicle": { zh: "打开车辆页", en: "Open the vehicle's page" },
  "help.help": { zh: "本页", en: "This page" },
  "help.priorities": { zh: "级别与形状", en: "Priorities and their shapes" },
};
