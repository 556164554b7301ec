"""What stands on the full screen, in Chinese and English; what a record names by a code has its word here, too."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from forewarn.cleaning import clean

LANGUAGES: Final = ("zh", "en")

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Forewarn 实时提醒", "Forewarn: alerts"),
    "simulated": ("SIMULATED 模拟", "SIMULATED 模拟"),
    # the broker
    "link.answers": ("已连接", "connected"),
    "link.behind": ("已连接，落后 {n} 条", "connected, {n} behind"),
    "link.lost": ("Kafka 自 {at} 起无应答", "the broker does not answer since {at}"),
    # figures
    "figures.10min": ("近 10 分钟", "last 10 min"),
    "figures.hour": ("近 1 小时", "last hour"),
    "figures.all": ("合计", "all"),
    "figures.rate": ("每分钟", "a minute"),
    "figures.minutes": ("近 1 小时，逐分钟；最多 {n}", "the last hour by minutes; most {n}"),
    # columns
    "column.date": ("日期", "Date"),
    "column.time": ("时间", "Time"),
    "column.priority": ("级别", "Prio"),
    "column.kind": ("种类", "Kind"),
    "column.state": ("状态", "State"),
    "column.sign": ("", ""),
    "column.vehicle": ("车辆", "Vehicle"),
    "column.driver": ("驾驶员", "Driver"),
    "column.carrier": ("企业", "Carrier"),
    "column.place": ("路段", "Place"),
    "column.speed": ("车速/限速", "km/h"),
    "column.sentence": ("播报内容", "Sentence spoken"),
    # list and what stands below it
    "list.empty": ("还没有提醒；新提醒会自动出现", "No alert yet; new ones appear by themselves"),
    "list.none_found": ("没有符合筛选的提醒", "No alert matches the filter"),
    "status.kept": ("{n} 条", "{n} alerts"),
    "status.found": ("筛选「{text}」：{n} / {all} 条", "filter '{text}': {n} of {all}"),
    "status.left_out": ("较早 {n} 条未保留", "{n} older left out"),
    "status.paused": ("已暂停：{n} 条等待", "PAUSED: {n} held back"),
    "status.above": ("上方还有 {n} 条 (g)", "{n} above (g)"),
    "status.unreadable": ("{n} 条记录无法读取，最近 {place}", "records not read: {n}, last {place}"),
    "filter.hint": ("任意文字，空格分隔；Enter 保留，Esc 取消", "any words; Enter keeps it, Esc drops it"),
    # keys
    "key.move": ("移动", "move"),
    "key.down": ("下一条", "down"),
    "key.up": ("上一条", "up"),
    "key.first": ("最新", "newest"),
    "key.last": ("最早", "oldest"),
    "key.detail": ("详情", "detail"),
    "key.back": ("返回", "back"),
    "key.filter": ("筛选", "filter"),
    "key.pause": ("暂停", "pause"),
    "key.resume": ("继续", "go on"),
    "key.language": ("English", "中文"),
    "key.dark": ("深色", "dark"),
    "key.light": ("浅色", "light"),
    "key.help": ("帮助", "help"),
    "key.quit": ("退出", "quit"),
    "help.keys": ("按键", "Keys"),
    "help.page": ("一页", "a page"),
    "help.theme": ("深色 / 浅色", "dark / light"),
    "help.signs": ("符号", "Signs"),
    "help.priority": ("1 最高", "1 is the highest: what is said first"),
    "help.records": ("无法读取的记录", "Records that could not be read"),
    # detail
    "detail.none": ("没有选中的提醒", "No alert is chosen"),
    "detail.states": ("各次状态", "Its states"),
    "detail.left_out": ("较早 {n} 次未保留", "{n} older ones left out"),
    "detail.no_sentence": ("没有播报", "nothing is said"),
    "field.id": ("编号", "Id"),
    "field.seq": ("序号", "Seq"),
    "field.vehicle": ("车辆", "Vehicle"),
    "field.driver": ("驾驶员", "Driver"),
    "field.carrier": ("企业", "Carrier"),
    "field.state": ("状态", "State"),
    "field.reason": ("原因", "Reason"),
    "field.severity": ("严重程度", "Severity"),
    "field.retrospective": ("事后补记", "In retrospect"),
    "field.at": ("时间", "At"),
    "field.started_at": ("开始", "Started"),
    "field.ended_at": ("结束", "Ended"),
    "field.speed_kmh": ("车速", "Speed"),
    "field.limit_kmh": ("限速", "Limit"),
    "field.heading_deg": ("航向", "Heading"),
    "field.position": ("位置", "Position"),
    "field.segment": ("路段", "Segment"),
    "field.ahead_m": ("距路段", "To the entry"),
    "field.branch_ahead_m": ("距岔口", "To the branch"),
    "field.worst": ("最严重", "Worst"),
    "field.prompt": ("播报", "Sentence"),
    "field.language": ("语言", "Language"),
    "field.speak_at": ("播报时刻", "Said at"),
    "field.expires_at": ("失效", "Expires"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "worst.over": ("超 {n}%", "{n} % over"),
    "worst.driven": ("已驾驶 {n}", "driven {n}"),
    "prompt.priority": ("级别 {n}", "priority {n}"),
    # codes of records
    "kind.approach": ("接近路段", "approach"),
    "kind.speeding": ("超速", "speeding"),
    "kind.fatigue": ("疲劳驾驶", "fatigue"),
    "kind.other": ("其他", "other"),
    "state.raised": ("发出", "raised"),
    "state.updated": ("更新", "updated"),
    "state.withdrawn": ("撤回", "withdrawn"),
    "state.cleared": ("解除", "cleared"),
    "severity.info": ("提示", "info"),
    "severity.minor": ("轻微", "minor"),
    "severity.major": ("严重", "major"),
    "severity.critical": ("危急", "critical"),
    "form.advisory": ("提示", "advisory"),
    "form.conditional": ("若驶入", "conditional"),
    "form.plain": ("指令", "plain"),
    "form.sharper": ("加重", "sharper"),
    "form.episode": ("过程", "episode"),
    "place.ramp": ("匝道", "ramp"),
    "place.unsignalled_crossing": ("无信号灯路口", "unsignalled crossing"),
    "place.village_road": ("村庄路段", "village road"),
    "reason.stale": ("数据迟到，仅记录", "stale: for the record"),
    "reason.rate_limited": ("刚播报过，不再打扰", "spoken to just now"),
    "reason.joint": ("与邻近路段合并播报", "shares another sentence"),
    "reason.too_late": ("来不及播报", "too late to be said"),
    "reason.stopped": ("已停车", "stopped"),
    "reason.turned_off": ("已转向他路", "turned off"),
    "reason.slowed": ("已减速", "slowed down"),
    "reason.entered": ("已驶入", "entered"),
    "reason.left": ("已驶离", "left"),
    "reason.ended": ("已结束", "ended"),
    "reason.rested": ("已休息", "rested"),
    "reason.corrected": ("已更正", "corrected"),
    "reason.reminder": ("再次提醒", "reminder"),
    "reason.driver_changed": ("已换驾驶员", "driver changed"),
    "reason.lost": ("失去定位", "no fix any more"),
    "reason.lasts": ("仍在继续", "lasts"),
    "reason.other_road": ("在其他道路上", "on another road"),
    "reason.worse": ("更严重", "worse"),
    "reason.segment_gone": ("路段已取消", "segment is gone"),
    "reason.driver_monitor": ("车内摄像头已提醒", "the cab's camera has spoken"),
}
"""Name to word by language, in the order of ``LANGUAGES``."""


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        """``language`` is one of ``LANGUAGES``."""
        self.language = language
        self._which = LANGUAGES.index(language)

    def __call__(self, name: str, **given: Any) -> str:
        """Return a word with what it is about put in."""
        word = WORDS[name][self._which]
        return word.format(**given) if given else word

    def code(self, group: str, code: str) -> str:
        """Return the word for a code of a record; the code itself, made fit for a terminal, where there is none."""
        name = f"{group}.{code}"
        return WORDS[name][self._which] if name in WORDS else clean(code)

    def other(self) -> Words:
        """Return the words of the other language."""
        return Words(LANGUAGES[1 - self._which])


def every_language(group: str, code: str) -> tuple[str, ...]:
    """Return a code and its words in all languages."""
    return (code, *WORDS.get(f"{group}.{code}", ()))


def language_of(environment: Mapping[str, str] = os.environ) -> str:
    """Return the language of a terminal, by the first of LC_ALL, LC_MESSAGES and LANG that says something."""
    said = next((environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)), "")
    return "zh" if said.lower().startswith("zh") else "en"
