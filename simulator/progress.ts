import type { Clock } from '../server/contract/clock.ts'
import type { SimulatorStatus } from './simulator.ts'

/** Makes lines on how it stands, each with the rate since the one before. */
export function progressLine(clock: Clock): (status: SimulatorStatus) => string {
  let before = { at: clock.now(), sent: 0 }
  return ({ homes, homesConnected, connected, links, sent, acknowledged, unanswered, waiting, refused, dropped }) => {
    const now = { at: clock.now(), sent }
    const seconds = Math.max(0.001, (now.at - before.at) / 1000)
    const rate = (now.sent - before.sent) / seconds
    before = now
    return [
      `${homesConnected}/${homes} homes`,
      `${connected}/${links} connections`,
      `${sent} sent (${rate.toFixed(rate < 10 ? 1 : 0)}/s)`,
      `${acknowledged} acknowledged`,
      ...(unanswered > 0 ? [`${unanswered} without acknowledgement`] : []),
      `${waiting} waiting`,
      ...(refused > 0 ? [`${refused} logins refused`] : []),
      ...(dropped > 0 ? [`${dropped} samples dropped`] : []),
    ].join(', ')
  }
}
