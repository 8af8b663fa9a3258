import type { Shape } from '../shape.ts'
import type { centre as chinese } from '../zh-CN/centre.ts'

/** The frame of the call centre's pages. */
export const centre: Shape<typeof chinese> = {
  centre: {
    title: 'Anhu · Duty office',
    menu: 'Duty office',
    tabs: {
      shift: 'My shift',
      desk: 'Distribution',
      handover: 'Handover',
      search: 'Find cases',
      residents: 'Residents',
      wall: 'Wall',
      roster: 'Roster',
      levels: 'Service levels',
      quality: 'Quality',
      reports: 'Reports',
      protocols: 'Protocols',
      escalation: 'Escalation',
      drills: 'Drills and self-test',
      calls: 'Calls',
      audit: 'Audit',
    },
  },
}
