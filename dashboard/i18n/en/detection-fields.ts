import type { Shape } from '../shape.ts'
import type { detectionFields as chinese } from '../zh-CN/detection-fields.ts'

/** Every detection setting: its name, and what it does in plain words. */
export const detectionFields: Shape<typeof chinese> = {
  buttons: {
    urgentPresses: { label: 'Presses that mean emergency', hint: 'The help key pressed this often counts as an SOS' },
    urgentWindowS: { label: 'Within', hint: 'The presses must fall within this time' },
    runawayPresses: { label: 'Stuck button', hint: 'From this many presses on they are counted, and ring no more' },
    runawayWindowS: { label: 'Stuck within', hint: 'That many presses within this time' },
  },
  falls: {
    cancelWindowS: { label: 'Time to cancel', hint: 'The resident may say within this time that it was nothing' },
    stillnessS: { label: 'Lying still', hint: 'No movement for this long after a fall makes it worse' },
    noRecoveryS: { label: 'Not got up', hint: 'Nobody has got up after this time: told again, as worse' },
    corroborationS: { label: 'Two devices agree', hint: 'Both tell of a fall within this time: confirmed' },
  },
  wandering: {
    enabled: { label: 'Judge positions', hint: 'When off, positions are stored and nothing more' },
    fences: { label: 'Safe areas', hint: 'Outside all areas in force means outside' },
    confirmFixes: { label: 'Positions outside', hint: 'This many in a row before it counts as outside' },
    dwellS: { label: 'Time outside', hint: 'Or outside this long with no position that says otherwise' },
    silenceOutsideS: { label: 'Silent while outside', hint: 'No new position for this long' },
    hysteresisM: { label: 'Margin for return', hint: 'Back only when this far inside, so the border does not flicker' },
    maxAccuracyM: { label: 'Largest error', hint: 'Positions less exact than this are not believed' },
    maxSpeedMps: { label: 'Top speed', hint: 'Anything faster is a jump of the receiver' },
    nightExit: {
      enabled: { label: 'Leaving at night', hint: 'The front door opens at night and nobody seems to return' },
      from: { label: 'Night begins', hint: 'City time, such as 22:00' },
      to: { label: 'Night ends', hint: 'City time, such as 06:00' },
      returnS: { label: 'Time to return', hint: 'No sign of return for this long after the door opened' },
    },
    route: {
      enabled: { label: 'Usual walks', hint: "Compare with the resident's usual ways, and tell when off them" },
      awayM: { label: 'Distance off', hint: 'This far away from every usual walk' },
      minWalks: { label: 'Walks to learn', hint: 'This many walks must be known before anything is said' },
    },
  },
  supervision: {
    mainsS: { label: 'Heartbeat on mains', hint: 'Devices on the mains report at least this often' },
    cellularS: { label: 'Heartbeat of worn devices', hint: 'Watches and pendants with a SIM card' },
    batteryS: { label: 'Heartbeat on battery', hint: 'Buttons and sensors on a battery' },
    graceShare: { label: 'Grace', hint: 'Added to a period before it counts as missed' },
    misses: { label: 'Missed reports', hint: 'This many in a row before a device counts as lost' },
    batteryLowPercent: { label: 'Battery low', hint: 'Below this, somebody is asked to charge or change it' },
    testDays: { label: 'Self-test every', hint: 'Most days between self-tests; 0 asks for none' },
  },
  routine: {
    enabled: { label: 'Judge daily routine', hint: 'Silence at hours usually awake brings a care call' },
    minDays: { label: 'Days to learn', hint: 'This many days must be known before anything is said' },
    marginS: { label: 'Later than usual', hint: 'No sign of life this long after the usual time' },
    latest: { label: 'At the latest', hint: 'No sign of life by this time, whatever is usual' },
    longestSilenceS: { label: 'Longest silence', hint: 'At home and awake, yet no sign of life for this long' },
  },
  dangers: {
    doorOpenS: { label: 'Front door open', hint: 'It stands open for this long' },
    hotC: { label: 'Too hot', hint: 'A room warmer than this' },
    coldC: { label: 'Too cold', hint: 'A room colder than this' },
    temperatureS: { label: 'For', hint: 'Too hot or too cold for this long' },
  },
  vitals: {
    hr: {
      low: { label: 'Heart rate, lower', hint: 'Below it is abnormal' },
      high: { label: 'Heart rate, upper', hint: 'Above it is abnormal' },
    },
    spo2: {
      low: { label: 'Blood oxygen, lower', hint: 'Below it is abnormal' },
      high: { label: 'Blood oxygen, upper', hint: 'Usually without a limit' },
    },
    sys: {
      low: { label: 'Systolic, lower', hint: 'Below it is abnormal' },
      high: { label: 'Systolic, upper', hint: 'Above it is abnormal' },
    },
    dia: {
      low: { label: 'Diastolic, lower', hint: 'Below it is abnormal' },
      high: { label: 'Diastolic, upper', hint: 'Above it is abnormal' },
    },
    body_temp: {
      low: { label: 'Body temperature, lower', hint: 'Below it is abnormal' },
      high: { label: 'Body temperature, upper', hint: 'Above it is abnormal' },
    },
    readings: { label: 'Readings in a row', hint: 'This many beyond a limit, one after another' },
    persistS: { label: 'Over', hint: 'From the first of them to the last at least this long' },
  },
  storms: {
    devices: { label: 'Devices lost', hint: 'This many in one area become one incident' },
    windowS: { label: 'Within', hint: 'Lost one after another within this time' },
  },
}
