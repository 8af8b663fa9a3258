import type { RiskLevel } from '../../contract/protocol.ts'
import { rescue, sendHelp } from './rescue.ts'
import { CALM, type DefaultProtocol, endTold, go, HIGH, protocol, reached, send, silent, step } from './write.ts'

/** Calls of the resident herself: the red key, the green key, a fall. */

/** Whom nobody answers: with high risk help goes at once, otherwise after one more try. */
const again = step(
  'again',
  'call',
  ['马上再打一次，手机座机都打，响够 30 秒', 'Call once more, mobile and landline, 30 seconds each'],
  ['只多试这一次。再不接就派人', 'One more try only; then somebody goes'],
  [
    reached(['接了，要帮忙', 'Answers, needs help'], 'need'),
    reached(['接了，说没事', 'Answers, says fine'], 'sure'),
    silent(['还是没人接', 'Still no answer'], 'send'),
  ],
)

const sure = step(
  'sure',
  'ask',
  ['再问清：叫什么名字？哪里不舒服？身边有谁？', 'Make sure: what is your name? Any pain? Who is with you?'],
  ['有人怕麻烦，会说没事。听声音、听背景', 'Some say “fine” so as not to be a bother: listen to voice and background'],
  [
    endTold(['答得清楚，是误按', 'Clear answers, pressed by mistake'], 'false_alarm', [
      '本人答话清楚，确认误按',
      'The resident answered clearly: pressed by mistake',
    ]),
    reached(['想有人来看看', 'Would like somebody to come'], 'send'),
    reached(['说不清，或像不敢说', 'Confused, or afraid to speak'], 'send'),
  ],
)

const need = step(
  'need',
  'decide',
  ['判断轻重：哪里不好？能不能动？', 'Judge: what is wrong? Can the resident move?'],
  [
    '胸痛、喘、流血、说话不清、叫不醒，都叫 120',
    'Chest pain, short of breath, bleeding, slurred, not waking: always 120',
  ],
  [
    send(
      ['有危险，叫 120', 'In danger: 120'],
      'way',
      ['120、网格员', '120 and the grid worker'],
      ['住户清醒，能通话；进门看档案', 'Awake and on the phone; way in as on file'],
    ),
    go(['要人搭把手', 'Needs a hand'], 'send'),
    endTold(['电话里讲好了', 'Settled by phone'], 'advised', [
      '电话里处理好，本人同意',
      'Settled by phone, the resident agrees',
    ]),
  ],
)

function sos(risk: 'calm' | 'high'): DefaultProtocol {
  const high = risk === 'high'
  const risks: readonly RiskLevel[] = high ? HIGH : CALM
  return protocol(
    high ? 'sos-high' : 'sos',
    high ? ['求救（高风险）', 'Call for help (high risk)'] : ['求救', 'Call for help'],
    ['sos', 'general', 'unreadable'],
    risks,
    [
      step(
        'talk',
        'call',
        ['打给住户：听得到吗？哪里不好？', 'Call the resident: can you hear me? What is wrong?'],
        high
          ? ['高风险：没人应就派人，不再等', 'High risk: no answer means somebody goes, no waiting']
          : ['先弄清人醒不醒。设备上取消不算联系上', 'First: awake or not? A cancel on the device is no contact'],
        [
          reached(['应答，要帮忙', 'Answers, needs help'], 'need'),
          silent(['没人应答', 'No answer'], high ? 'send' : 'again'),
          reached(['说按错了', 'Says it was a mistake'], 'sure'),
          silent(['听到呼救或响动', 'Cries or noise'], 'send'),
        ],
      ),
      ...(high ? [] : [again]),
      need,
      sure,
      sendHelp(['没人应答就按最坏的想', 'No answer: think of the worst']),
      ...rescue(),
    ],
  )
}

function fall(risk: 'calm' | 'high'): DefaultProtocol {
  const high = risk === 'high'
  return protocol(
    high ? 'fall-high' : 'fall',
    high ? ['跌倒（高风险）', 'Fall (high risk)'] : ['跌倒', 'Fall'],
    ['fall'],
    high ? HIGH : CALM,
    [
      step(
        'talk',
        'call',
        ['打给住户：摔了吗？先别动，哪里疼？', 'Call the resident: did you fall? Stay down. Where does it hurt?'],
        ['起得太急会伤得更重', 'Getting up too fast makes it worse'],
        [
          reached(['摔了，起不来', 'Fell, cannot get up'], 'hurt'),
          reached(['摔了，起来了', 'Fell, up again'], 'hurt'),
          silent(['没人应答', 'No answer'], high ? 'send' : 'again'),
          reached(['没摔', 'Did not fall'], 'sure'),
        ],
      ),
      ...(high
        ? []
        : [{ ...again, answers: again.answers.map((one) => (one.next === 'need' ? { ...one, next: 'hurt' } : one)) }]),
      step(
        'hurt',
        'ask',
        [
          '问：碰到头没有？吃不吃抗凝药？腿能动吗？',
          'Ask: did you hit your head? Blood thinners? Can you move your legs?',
        ],
        ['碰头又吃抗凝药，看着没事也可能内出血', 'Head plus blood thinner: may bleed inside and look fine'],
        [
          send(
            ['碰头、抗凝药、动不了：叫 120', 'Head, thinners or cannot move: 120'],
            'way',
            ['120、网格员', '120 and the grid worker'],
            ['跌倒，勿急着搬动', 'A fall: do not move in haste'],
          ),
          go(['没大碍，要人扶', 'Not bad, needs lifting'], 'send'),
          endTold(['没伤，自己能走', 'Unhurt, walks alone'], 'advised', [
            '本人起身，无外伤，嘱观察 24 小时',
            'Up again, unhurt, told to watch for 24 h',
          ]),
        ],
      ),
      {
        ...sure,
        answers: sure.answers.map((one) =>
          one.action === null
            ? one
            : {
                ...one,
                label: { 'zh-CN': '答得清楚，没摔', en: 'Clear answers, no fall' },
                action: {
                  type: 'resolve' as const,
                  outcome: 'false_alarm' as const,
                  reason: { 'zh-CN': '本人答话清楚，确认没有跌倒', en: 'The resident answered clearly: no fall' },
                },
              },
        ),
      },
      sendHelp(['跌倒没人应，可能昏过去了', 'A fall without an answer may be unconsciousness']),
      ...rescue([
        '问现场：碰到头没有？哪里疼？先别急着扶',
        'Ask them: head hit? Where is the pain? Do not lift in haste',
      ]),
    ],
  )
}

const help = (high: boolean): DefaultProtocol =>
  protocol(
    high ? 'help-high' : 'help',
    high ? ['生活求助（高风险）', 'Request for help (high risk)'] : ['生活求助', 'Request for help'],
    ['help'],
    high ? HIGH : CALM,
    [
      step(
        'talk',
        'call',
        ['打给住户：要帮什么忙？急不急？', 'Call the resident: what is needed, how soon?'],
        ['绿键也可能是按错了的红键', 'The green key may be a red one missed'],
        [
          reached(['身体不舒服', 'Feels unwell'], 'unwell'),
          reached(['要人上门办事', 'Wants somebody to come'], 'task'),
          endTold(['电话里讲好了', 'Settled by phone'], 'advised', [
            '电话里办好，本人同意',
            'Settled by phone, the resident agrees',
          ]),
          silent(['没人接', 'No answer'], 'retry'),
          endTold(['按错了', 'Pressed by mistake'], 'false_alarm', [
            '本人确认按错',
            'The resident says it was a mistake',
          ]),
        ],
      ),
      step(
        'retry',
        'call',
        high
          ? ['再打一次；不接就打给联系人', 'Call again; then the contacts']
          : ['5 分钟内再打两次，再打给联系人', 'Call twice more within 5 minutes, then the contacts'],
        ['求助没人接，不能当没事', 'A request nobody can follow up is not “nothing”'],
        [
          reached(['住户接了', 'The resident answers'], 'talk'),
          reached(['联系人在她身边', 'A contact is with the resident'], 'talk'),
          silent(['都没联系上', 'Nobody reached'], 'send'),
        ],
      ),
      step('unwell', 'decide', ['问：胸痛吗？喘吗？说话清楚吗？', 'Ask: chest pain? Breathing? Clear speech?'], null, [
        send(['有危险，叫 120', 'In danger: 120'], 'way', ['120、网格员', '120 and the grid worker']),
        go(['不急，要人看看', 'Not urgent, somebody should look'], 'send'),
        endTold(['电话指导就行', 'Advice is enough'], 'advised', [
          '电话指导，嘱不适再按',
          'Advised by phone, press again if worse',
        ]),
      ]),
      step(
        'task',
        'decide',
        ['定下谁去、几点到，告诉住户', 'Settle who goes and when, tell the resident'],
        ['没有时间的答应，等于没答应', 'A promise without a time is none'],
        [
          send(['派服务人员', 'Send a service worker'], 'way', ['服务人员', 'Service worker']),
          send(['请家属或邻居', 'Family or neighbour'], 'way', ['家属、邻居', 'Family, neighbour']),
          endTold(['约好改天', 'Booked for later'], 'advised', [
            '已约好时间，本人知道',
            'Booked, the resident knows when',
          ]),
        ],
      ),
      step('send', 'dispatch', ['派最近的人上门', 'Send the nearest person'], null, [
        send(['派网格员', 'Grid worker'], 'way', ['网格员', 'Grid worker']),
        send(['请邻居或家属去', 'Neighbour or family'], 'way', ['邻居、家属', 'Neighbour, family']),
      ]),
      ...rescue(['问现场：办好了吗？还要什么？', 'Ask them: is it done? Anything else?']),
    ],
  )

export const CALLS: readonly DefaultProtocol[] = [
  sos('high'),
  sos('calm'),
  fall('high'),
  fall('calm'),
  help(true),
  help(false),
]
