import type { AlertKind, CaseCategory, CaseState, Outcome } from './case.ts'
import type { Language } from './explain/template.ts'
import type { RiskLevel } from './protocol.ts'
import type { CasePurpose } from './purpose.ts'

/** Words for the contract's codes: one source for pages, files and messages. */
export interface Terms {
  category: Record<CaseCategory, string>
  kind: Record<AlertKind, string>
  state: Record<CaseState, string>
  outcome: Record<Outcome, string>
  risk: Record<RiskLevel, string>
  purpose: Record<CasePurpose, string>
}

const zh: Terms = {
  category: { emergency: '紧急', help: '帮助', care: '关怀', fault: '故障' },
  kind: {
    sos: 'SOS 求救',
    fall: '跌倒',
    smoke: '烟雾报警',
    gas: '燃气泄漏',
    co: '一氧化碳',
    wander: '走失',
    general: '一般报警',
    unreadable: '无法识别的报警',
    water_leak: '漏水',
    help: '生活求助',
    inactivity: '长时间无活动',
    leave_bed: '离床未归',
    vital_sign: '体征异常',
    hub_offline: '家庭网关离线',
    device_fault: '设备故障',
    tamper: '设备被拆动',
    removed: '设备被取下',
    battery_low: '电量低',
    mains_loss: '断电',
    offline: '失去联系',
    area_offline: '片区设备失联',
    test_overdue: '未按期自检',
    door_left_open: '门未关',
    temperature: '室温异常',
    route_deviation: '偏离常走路线',
  },
  state: {
    new: '待接警',
    claimed: '处置中',
    dispatched: '已派遣',
    on_scene: '已到场',
    resolved: '已结案',
    closed: '已归档',
  },
  outcome: {
    helped: '已帮助',
    hospital: '送医',
    advised: '电话指导',
    no_help_needed: '无需帮助',
    false_alarm: '误报',
    test: '测试',
    fault_reported: '已报修',
    deceased: '去世',
    other: '其他',
  },
  risk: { low: '低风险', normal: '一般风险', high: '高风险' },
  purpose: { real: '真实', drill: '演练', self_test: '自检' },
}

const en: Terms = {
  category: { emergency: 'Urgent', help: 'Help', care: 'Care', fault: 'Fault' },
  kind: {
    sos: 'SOS',
    fall: 'Fall',
    smoke: 'Smoke',
    gas: 'Gas leak',
    co: 'Carbon monoxide',
    wander: 'Wandering',
    general: 'General alarm',
    unreadable: 'Unreadable alarm',
    water_leak: 'Water leak',
    help: 'Help wanted',
    inactivity: 'No activity',
    leave_bed: 'Out of bed',
    vital_sign: 'Vital sign',
    hub_offline: 'Home hub offline',
    device_fault: 'Device fault',
    tamper: 'Device tampered with',
    removed: 'Device taken off',
    battery_low: 'Battery low',
    mains_loss: 'Power cut',
    offline: 'Out of contact',
    area_offline: 'Area out of contact',
    test_overdue: 'Self-test overdue',
    door_left_open: 'Door left open',
    temperature: 'Room too hot or cold',
    route_deviation: 'Off the usual route',
  },
  state: {
    new: 'Waiting',
    claimed: 'In hand',
    dispatched: 'Dispatched',
    on_scene: 'On scene',
    resolved: 'Resolved',
    closed: 'Closed',
  },
  outcome: {
    helped: 'Helped',
    hospital: 'Hospital',
    advised: 'Advised by phone',
    no_help_needed: 'No help needed',
    false_alarm: 'False alarm',
    test: 'Test',
    fault_reported: 'Fault reported',
    deceased: 'Deceased',
    other: 'Other',
  },
  risk: { low: 'low risk', normal: 'normal risk', high: 'high risk' },
  purpose: { real: 'Real', drill: 'Drill', self_test: 'Self-test' },
}

export const TERMS: Readonly<Record<Language, Terms>> = { 'zh-CN': zh, en }
