import { mayBeHeard } from './call.ts'
import { watchBattery } from './device/battery.ts'
import { askForLocation } from './device/locate.ts'
import { askForMicrophone, Microphone } from './device/microphone.ts'
import { startOffline } from './device/offline.ts'
import { databaseShelf } from './device/shelf-database.ts'
import { localShelf } from './device/shelf-local.ts'
import { claimWindow } from './device/sole-window.ts'
import { Sounds } from './device/sound.ts'
import { Voice } from './device/speech.ts'
import { findStorage, newId, readSettings, Store } from './device/store.ts'
import { WakeLock } from './device/wake-lock.ts'
import { isIdle } from './machine.ts'
import type { Socket } from './mqtt/link.ts'
import { Outbox } from './outbox.ts'
import { isInstalled, settingsInFragment } from './settings.ts'
import { Terminal } from './terminal.ts'
import { drift } from './ui/drift.ts'
import { createFrame } from './ui/frame.ts'
import { fitToScreen } from './ui/layout.ts'
import { Panels } from './ui/panels.ts'
import type { ServiceFacts } from './ui/service.ts'
import { clockText, viewOf } from './view.ts'
import { voiceLoader } from './voice/loader.ts'

/** The page of the home terminal: joins screen, device and connection. The keys work before anything is loaded. */

/** Put in by build.ts. */
declare const VERSION: string
declare const VOICE_URL: string

const root = document.getElementById('terminal') ?? document.body
const { storage, isLasting } = findStorage()
const store = new Store(storage)
const settings = takeFragment()
const sounds = new Sounds()
const voice = new Voice('speechSynthesis' in window ? window.speechSynthesis : null)
const wakeLock = new WakeLock()
const shelves = [
  ...(storage === null ? [] : [localShelf(storage)]),
  ...('indexedDB' in window ? [databaseShelf(window.indexedDB)] : []),
]
let hasBattery = false
let isOfflineReady = false
let isInVoice = false
const microphone = new Microphone()

const outbox = new Outbox(shelves)
const terminal = new Terminal({
  store,
  outbox,
  voice,
  sounds,
  settings,
  connection: {
    open: (): Socket => new WebSocket(`${location.origin.replace(/^http/, 'ws')}/mqtt`, 'mqtt'),
    hasNetwork: () => navigator.onLine,
  },
  onVoice: (payload) => heardOfCall(payload),
  onChange: () => show(),
  announce: (text) => frame.announce(text),
})

const frame = createFrame(root, {
  onPress: (key) => terminal.press(key),
  onCancel: () => terminal.cancel(),
  onSlip: () => terminal.dispatch({ type: 'slip' }),
  onUnderstood: () => {
    // What the other window did meanwhile is in the store: begin from there.
    if (terminal.hasStoodDown) location.reload()
    else terminal.dispatch({ type: 'dismiss' })
  },
  onTouch: () => {
    sounds.unlock()
    void wakeLock.hold()
    terminal.dispatch({ type: 'touch' })
  },
  onService: () =>
    panels.prompt(
      () => terminal.settings,
      () => terminal.words,
    ),
})

const panels = new Panels(frame.panel, {
  change: (change) => {
    terminal.change(change)
    panels.translate(terminal.settings, terminal.words)
  },
  test: () => terminal.test(),
  volume: () => {
    sounds.play('step')
    voice.say(terminal.words.service.volumeLine, terminal.settings.language, 1)
  },
  fullScreen: () => {
    const { documentElement: page } = document
    // Safari on phones has none; the page is then as large as its window.
    // Refused, the page stays as large as its window, and works the same.
    if ('requestFullscreen' in page) void page.requestFullscreen().catch(() => undefined)
  },
  askForLocation: async () => (await askForLocation()).ok,
  askForMicrophone: async () => {
    const isGiven = await askForMicrophone()
    await microphone.look()
    return isGiven
  },
})

const heardOfCall = voiceLoader(VOICE_URL, {
  place: frame.voice,
  send: (word) => terminal.sayOfCall(word),
  mayAnswer: (caseId) => mayBeHeard(terminal.state.call, caseId),
  language: () => terminal.settings.language,
  ring: (seconds) => sounds.ring(seconds),
  hush: () => {
    sounds.hush()
    voice.hush()
  },
  say: (text, times) => {
    frame.announce(text)
    voice.say(text, terminal.settings.language, times)
  },
  onActive: (isActive) => {
    isInVoice = isActive
    if (isActive) panels.close()
    show()
  },
})

claimWindow(storage, newId(), () => terminal.standDown())

/** Reads the settings, and takes a QR code's login out of the address bar before anybody can see or copy it. */
function takeFragment() {
  const { hash, pathname } = location
  const given = settingsInFragment(hash)
  if (hash !== '') history.replaceState(null, '', pathname)
  const kept = readSettings(store)
  if (given === null) return kept
  const changed = { ...kept, ...given }
  store.write('settings', changed)
  return changed
}

function show(): void {
  const { state, power, settings: current, words, hasStoodDown } = terminal
  const now = Date.now()
  const view = viewOf({ state, power, settings: current, words, hasStoodDown, isInVoice, now })
  frame.show(view, words)
  document.documentElement.lang = current.language
  document.title = words.title
  root.setAttribute('data-dim-level', current.dim)
  document.body.className = view.isDim ? 'is-dim' : ''
  drift(root, now)
  if (view.screen === 'setup') panels.setup(current, words)
  else if (isInstalled(current)) panels.closeIf('setup')
  if (view.screen === 'answer' || view.screen === 'notice') panels.close()
}

function facts(): ServiceFacts {
  const { state } = terminal
  const stored = state.test?.storedAt ?? null
  return {
    checks: {
      connected: state.link.state === 'online',
      screen: wakeLock.isHeld,
      offline: isOfflineReady,
      voice: voice.canSpeak(terminal.settings.language),
      microphone: microphone.isAllowed,
      battery: hasBattery,
      storage: isLasting,
    },
    test: state.test === null ? null : stored === null ? false : clockText(new Date(stored)),
    waiting: outbox.pending().length,
    version: VERSION,
  }
}

fitToScreen(root)
show()
void terminal.start()
void wakeLock.hold()
void microphone.look()
void watchBattery((reading) => terminal.reading(reading)).then((isThere) => {
  hasBattery = isThere
})
const lookForUpdate = startOffline({
  // Only in the quiet, and never with a press on its way: a reload takes a moment.
  mayChange: () => isIdle(terminal.state, Date.now()) && outbox.pending().length === 0 && !panels.isOpen && !isInVoice,
  onReady: () => {
    isOfflineReady = true
  },
})
setInterval(() => {
  terminal.tick()
  panels.refresh(facts)
  lookForUpdate()
}, 1000)
window.addEventListener('online', () => terminal.wake())
window.addEventListener('offline', () => terminal.networkLost())
window.addEventListener('pageshow', () => terminal.wake())
document.addEventListener('visibilitychange', () => {
  if (document.hidden) return
  void wakeLock.hold()
  terminal.wake()
})
// A QR code scanned while the page is open changes only the fragment.
window.addEventListener('hashchange', () => {
  const given = settingsInFragment(location.hash)
  history.replaceState(null, '', location.pathname)
  if (given !== null) terminal.change(given)
})
// Asks the browser not to clear the outbox when the disk is full. Refused or failed, the outbox is kept all the same until
// then, and each start asks again.
if (navigator.storage !== undefined && 'persist' in navigator.storage)
  void navigator.storage.persist().catch(() => false)
