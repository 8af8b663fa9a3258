/** What raised an alert. A case carries the kind of its most urgent alert. */
export const ALERT_KINDS = [
  'sos',
  'fall',
  'smoke',
  'gas',
  'co',
  'wander',
  'general',
  'unreadable',
  'water_leak',
  'help',
  'inactivity',
  'leave_bed',
  'vital_sign',
  'hub_offline',
  'device_fault',
  'tamper',
  'removed',
  'battery_low',
  'mains_loss',
  /** Not heard of for longer than it may be silent. */
  'offline',
  /** Many at once in one area: one case for all of them. */
  'area_offline',
  /** The monthly self-test is overdue. */
  'test_overdue',
  'door_left_open',
  'temperature',
  /** Not on one of the walks that the resident usually takes. */
  'route_deviation',
] as const
export type AlertKind = (typeof ALERT_KINDS)[number]

/** 紧急救援, 生活帮助, 主动关怀, 设备故障 */
export const CASE_CATEGORIES = ['emergency', 'help', 'care', 'fault'] as const
export type CaseCategory = (typeof CASE_CATEGORIES)[number]

export const OUTCOMES = [
  'helped',
  'hospital',
  'advised',
  'no_help_needed',
  'false_alarm',
  'test',
  'fault_reported',
  'deceased',
  'other',
] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Category and priority (1 is the most urgent) per alert kind. */
export const ALERT_CLASSES: Readonly<Record<AlertKind, { category: CaseCategory; priority: number }>> = {
  sos: { category: 'emergency', priority: 1 },
  fall: { category: 'emergency', priority: 1 },
  smoke: { category: 'emergency', priority: 1 },
  gas: { category: 'emergency', priority: 1 },
  co: { category: 'emergency', priority: 1 },
  wander: { category: 'emergency', priority: 1 },
  general: { category: 'emergency', priority: 2 },
  unreadable: { category: 'emergency', priority: 2 },
  water_leak: { category: 'emergency', priority: 2 },
  help: { category: 'help', priority: 3 },
  inactivity: { category: 'care', priority: 3 },
  leave_bed: { category: 'care', priority: 3 },
  vital_sign: { category: 'care', priority: 2 },
  hub_offline: { category: 'fault', priority: 3 },
  device_fault: { category: 'fault', priority: 4 },
  tamper: { category: 'fault', priority: 4 },
  removed: { category: 'fault', priority: 4 },
  mains_loss: { category: 'fault', priority: 4 },
  battery_low: { category: 'fault', priority: 5 },
  offline: { category: 'fault', priority: 4 },
  area_offline: { category: 'fault', priority: 2 },
  test_overdue: { category: 'fault', priority: 5 },
  door_left_open: { category: 'care', priority: 3 },
  temperature: { category: 'care', priority: 3 },
  route_deviation: { category: 'care', priority: 3 },
}
