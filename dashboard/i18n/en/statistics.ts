import type { Shape } from '../shape.ts'
import type { statistics as chinese } from '../zh-CN/statistics.ts'

/** Figures about devices. */
export const statistics: Shape<typeof chinese> = {
  statistics: {
    tab: 'Statistics',
    lead: 'Alarms by device model: how many were false per wearer-week, a week of one device in service with a resident. The worst come first.',
    note: 'Cases that ended as false alarm, no help needed or device fault count as false; helped, hospital, advised and deceased as true; the others, and those not resolved yet, as undecided. Emergencies that no device noticed are not in here.',
    span: 'Time span',
    days: '{{n}} days',
    dates: 'Days of your choice',
    first: 'First day',
    last: 'Last day',
    kind: 'Alarm',
    all: 'All alarms',
    csv: 'Export CSV',
    none: 'No such alarms in this time',
    noneText: 'And no devices in service that would raise them. Choose another time span or alarm.',
    model: 'Model',
    unknown: 'Model not known',
    devices: 'Devices',
    weeks: 'Wearer-weeks',
    alerts: 'Alarms',
    right: 'True',
    wrong: 'False',
    undecided: 'Undecided',
    cancelled: 'Cancelled',
    rate: 'False / wearer-week',
  },
}
