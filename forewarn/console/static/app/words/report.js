// Words of the day's report.
export const WORDS = {
  // report
  "report.title": { zh: "日报", en: "Day's report" },
  "report.day": { zh: "日期", en: "Day" },
  "report.everybody": { zh: "全部企业", en: "All carriers" },
  "report.print": { zh: "打印 / 存为 PDF", en: "Print or save as PDF" },
  "report.score": { zh: "评分", en: "Score" },
  "report.vehicles": { zh: "车辆", en: "Vehicles" },
  "report.alarms": { zh: "报警", en: "Alarms" },
  "report.acknowledged": { zh: "已确认", en: "Acknowledged" },
  "report.waited": { zh: "确认用时中位数", en: "Median time to acknowledge" },
  "report.undisposed": { zh: "未记处置", en: "Nothing noted" },
  "report.prompts": { zh: "车内提醒", en: "Prompts to drivers" },
  "report.by_kind": { zh: "报警分类", en: "Alarms by kind" },
  "report.done": { zh: "处置", en: "What was done" },
  "report.what": { zh: "内容", en: "What" },
  "report.count": { zh: "次数", en: "Count" },
  "report.alarm": { zh: "报警", en: "Alarm" },
  "report.driver": { zh: "驾驶员", en: "Driver" },
  "report.episodes": { zh: "全部违规过程（含未成报警的）", en: "All episodes, alarms or not" },
  "report.repeaters": { zh: "多次报警的驾驶员", en: "Drivers with several alarms" },
  "report.how": {
    zh: "评分从 100 起：每车每分扣 10；紧急报警 5 分，重要 2 分，一般 1 分，误报不计。",
    en: "The score begins at 100 and loses 10 for each point a vehicle: an urgent alarm has 5 points, a high one 2, a low one 1, a false one none.",
  },
};
