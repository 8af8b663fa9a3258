import { describe, expect, it } from 'vitest'
import { newCall } from '../../dashboard/terminal/call.ts'
import { initialState, type State } from '../../dashboard/terminal/machine.ts'
import { NO_POWER, type Power } from '../../dashboard/terminal/power.ts'
import { newSettings, type Settings } from '../../dashboard/terminal/settings.ts'
import { remFor } from '../../dashboard/terminal/ui/layout.ts'
import { viewOf } from '../../dashboard/terminal/view.ts'
import { wordsOf } from '../../dashboard/terminal/words/index.ts'

const NOW = new Date(2025, 10, 24, 10, 41, 53).getTime()
const settings: Settings = { ...newSettings('i', 'zh-CN'), deviceId: 't-1', secret: 's', name: '周奶奶家' }
const online: State = { ...initialState(NOW), link: { state: 'online', since: NOW } }
const call = newCall('sos', 'p1', NOW)

function view(state: Partial<State>, over: Partial<Settings> = {}, now = NOW, power: Power = NO_POWER) {
  const all = { ...settings, ...over }
  return viewOf({
    state: { ...online, ...state },
    power,
    settings: all,
    words: wordsOf(all.language),
    hasStoodDown: false,
    isInVoice: false,
    now,
  })
}

describe('the screen', () => {
  it('at rest has clock, weekday, home, connection and battery', () => {
    const power = { ...NO_POWER, reading: { level: 86, charging: true } }
    expect(view({}, {}, NOW, power)).toMatchObject({
      screen: 'home',
      time: '10:41',
      weekday: '星期一',
      status: { name: '周奶奶家', link: '已连接', battery: '电量 86%' },
      right: 'help',
      isDim: false,
    })
  })

  it('without a login asks for it, but never hides an alarm behind that', () => {
    expect(view({}, { secret: '' }).screen).toBe('setup')
    expect(view({ call }, { secret: '' }).screen).toBe('answer')
  })

  it('without network says since when, and what a press does then', () => {
    const { strip } = view({ link: { state: 'no_network', since: NOW - 725_000 } })
    expect(strip).toEqual({ text: '没有网络 12 分 5 秒，按了会记下，一有网就发', tone: 'trouble' })
  })

  it('goes dim after two minutes', () => {
    expect(view({}, {}, NOW + 120_000).isDim).toBe(true)
  })

  it.each([
    ['online', 0, 'sending', '正在发送'],
    ['online', 7_000, 'sending', '还在发送'],
    ['no_network', 0, 'trouble', '没有网络，已记下'],
    ['unreachable', 4_000, 'trouble', '连不上，已记下'],
    ['refused', 0, 'trouble', '没发出去'],
  ] as const)('of an unsent press, %s after %i ms: %s', (state, later, tone, word) => {
    expect(view({ call, link: { state, since: NOW } }, {}, NOW + later)).toMatchObject({ tone, word, right: 'cancel' })
  })

  it('names the telephone when nothing gets through, or else a neighbour', () => {
    const link = { state: 'no_network' as const, since: NOW }
    expect(view({ call, link }, { phone: '0793-8223110' }).phone).toBe('0793-8223110')
    expect(view({ call, link })).toMatchObject({ phone: null, advice: '也可以大声喊邻居' })
    const received = { ...call, step: 'received' as const, unsent: [] }
    expect(view({ call: received }, { phone: '110' }, NOW + 119_000).phone).toBeNull()
    expect(view({ call: received }, { phone: '110' }, NOW + 120_000)).toMatchObject({
      phone: '110',
      line: '还没有人接听，请再等等',
    })
  })

  it('shows the steps with sign and word, done, present and ahead', () => {
    const { steps, word } = view({ call: { ...call, step: 'dispatched', unsent: [] } })
    expect(word).toBe('有人来了')
    expect(steps.map(({ progress }) => progress)).toEqual(['done', 'done', 'now', 'ahead'])
    expect(new Set(steps.map(({ tone }) => tone)).size).toBe(4)
  })

  it('offers to cancel while help is awaited, and to go back after', () => {
    const at = (step: 'received' | 'arrived' | 'closed') => view({ call: { ...call, step, unsent: [] } }).right
    expect([at('received'), at('arrived'), at('closed')]).toEqual(['cancel', 'understood', 'understood'])
  })

  it('does not say "cancelled" before the centre knows', () => {
    expect(view({ call: { ...call, step: 'cancelled', unsent: ['x'] } }).word).toBe('正在取消')
    expect(view({ call: { ...call, step: 'cancelled', unsent: [] } }).word).toBe('已取消')
  })
})

describe('both languages', () => {
  it('say everything, and say it differently', () => {
    const flat = (value: unknown, path: string): [string, unknown][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, inner]) => flat(inner, `${path}.${key}`))
        : [[path, typeof value === 'function' ? String(value('7')) : value]]
    const chinese = flat(wordsOf('zh-CN'), '')
    const english = new Map(flat(wordsOf('en'), ''))
    expect([...english.keys()]).toEqual(chinese.map(([path]) => path))
    for (const [path, text] of chinese) {
      expect(text, path).not.toBe('')
      expect(String(english.get(path)), path).not.toMatch(/[\u4e00-\u9fff]/)
    }
  })
})

describe('sizes', () => {
  it.each([
    [800, 480, 16],
    [1280, 800, 25.6],
    [1024, 600, 20],
    [360, 640, 16],
    [640, 360, 16],
    [320, 480, 16],
    [800, 1280, 32],
    [1920, 1080, 36],
  ])('on %i × %i a rem is %f px; 1.5 rem, the smallest text, 24 px at the least', (width, height, rem) => {
    expect(remFor(width, height)).toBeCloseTo(rem, 5)
  })
})
