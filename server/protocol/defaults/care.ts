import type { AlertKind } from '../../contract/kinds.ts'
import { rescue, sendHelp, sendToLook } from './rescue.ts'
import {
  ANY_RISK,
  CALM,
  type DefaultProtocol,
  endTold,
  go,
  HIGH,
  type Pair,
  protocol,
  reached,
  send,
  silent,
  step,
} from './write.ts'

/** What sensors find out: nothing moves, she is out, a reading is wrong. Nobody has called; somebody must ask. */

/** Asks the resident, then whoever may know, then sends somebody to look. */
function lookAfter(
  id: string,
  title: Pair,
  kinds: readonly AlertKind[],
  first: { text: Pair; why: Pair; fine: Pair; fineReason: Pair },
  high: boolean | null,
): DefaultProtocol {
  return protocol(
    high ? `${id}-high` : id,
    high ? [`${title[0]}（高风险）`, `${title[1]} (high risk)`] : title,
    kinds,
    high === null ? ANY_RISK : high ? HIGH : CALM,
    [
      step('talk', 'call', first.text, first.why, [
        endTold(first.fine, 'no_help_needed', first.fineReason),
        reached(['不舒服，要帮忙', 'Unwell, needs help'], 'unwell'),
        silent(['没人接', 'No answer'], 'around'),
      ]),
      step(
        'around',
        'call',
        high
          ? ['打给邻居、家属：现在能去看一眼吗？', 'Call neighbour and family: can you look in now?']
          : ['10 分钟后再打一次，再打给邻居、家属', 'Call again after 10 minutes, then neighbour and family'],
        ['只有见到人、听到声，才算没事', 'Only seen or heard counts as safe'],
        [
          endTold(['有人见到她，没事', 'Somebody is with the resident: fine'], 'no_help_needed', [
            '身边的人确认没事',
            'Confirmed by a person who is with the resident',
          ]),
          reached(['住户接了，要帮忙', 'The resident answers, needs help'], 'unwell'),
          silent(['还是没消息', 'Still no news'], 'send'),
        ],
      ),
      step('unwell', 'decide', ['问：胸痛吗？喘吗？能走动吗？', 'Ask: chest pain? Breathing? Can you walk?'], null, [
        send(['有危险，叫 120', 'In danger: 120'], 'way', ['120、网格员', '120 and the grid worker']),
        go(['要人上门看', 'Somebody should look'], 'send'),
        endTold(['电话指导就行', 'Advice is enough'], 'advised', [
          '电话指导，嘱不适即按',
          'Advised by phone, press if worse',
        ]),
      ]),
      sendToLook(['没联系上就得有人去看', 'Not reached means somebody goes']),
      ...rescue(),
    ],
  )
}

const still = {
  text: ['打给住户：起来了吗？今天吃得怎么样？', 'Call the resident: are you up? Have you eaten?'],
  why: ['太久没动静，可能倒在家里', 'Too long without a move: may be lying at home'],
  fine: ['人好好的', 'Is fine'],
  fineReason: ['本人接听，一切正常', 'The resident answered: all well'],
} as const

const bed = {
  text: ['打给住户：怎么起来这么久？要不要人扶？', 'Call the resident: up for so long? Need a hand?'],
  why: ['夜里起床最容易摔在厕所', 'At night most falls happen on the way to the toilet'],
  fine: ['没事，回床了', 'Fine, back in bed'],
  fineReason: ['本人接听，已回床', 'The resident answered, back in bed'],
} as const

const door = {
  text: ['打给住户：门是不是没关？人在家吗？', 'Call the resident: is the door open? Are you in?'],
  why: ['门开着，可能人出去了，也可能倒在门口', 'An open door: may be out, or lying there'],
  fine: ['在家，门关上了', 'In, door shut now'],
  fineReason: ['本人接听，门已关', 'The resident answered, door shut'],
} as const

const temperature = {
  text: ['打给住户：屋里冷还是热？人难受吗？', 'Call the resident: too cold or hot? Do you feel ill?'],
  why: ['老人不觉得冷热，等觉得了就晚了', 'Old people feel heat and cold too late'],
  fine: ['不难受，会开窗或取暖', 'Feels well, will air or heat'],
  fineReason: ['本人接听，已教开窗、取暖', 'The resident answered; told to air or heat'],
} as const

const vital = (high: boolean): DefaultProtocol =>
  protocol(
    high ? 'vital-high' : 'vital',
    high ? ['体征异常（高风险）', 'Vital sign (high risk)'] : ['体征异常', 'Vital sign'],
    ['vital_sign'],
    high ? HIGH : CALM,
    [
      step(
        'talk',
        'call',
        ['打给住户：现在难受吗？刚才在做什么？', 'Call the resident: do you feel ill? What were you doing?'],
        ['先看人，再看数字', 'The person first, the figure second'],
        [
          reached(['难受', 'Feels ill'], 'signs'),
          reached(['不难受', 'Feels well'], 'measure'),
          silent(['没人接', 'No answer'], high ? 'send' : 'retry'),
        ],
      ),
      ...(high
        ? []
        : [
            step('retry', 'call', ['马上再打一次，再打给家属', 'Call again at once, then the family'], null, [
              reached(['联系上了', 'Reached'], 'signs'),
              silent(['没联系上', 'Not reached'], 'send'),
            ]),
          ]),
      step(
        'signs',
        'decide',
        ['问：胸痛？喘？半边没力？说话不清？', 'Ask: chest pain? Breathless? One side weak? Slurred?'],
        ['有一样就叫 120', 'Any one of them: 120'],
        [
          send(
            ['有一样，叫 120', 'Any: 120'],
            'way',
            ['120、网格员', '120 and the grid worker'],
            ['体征异常，带上数值', 'Vital sign out of range: pass the figures on'],
          ),
          go(['都没有，要人看看', 'None, somebody should look'], 'send'),
          go(['都没有，再量一次', 'None, measure again'], 'measure'),
        ],
      ),
      step(
        'measure',
        'ask',
        ['请她坐 5 分钟，重量一次，读给你听', 'Have the resident sit 5 minutes, measure again and read it out'],
        ['戴松了、刚走动，数字会错', 'A loose strap or a walk spoils the figure'],
        [
          endTold(['正常了', 'Normal now'], 'no_help_needed', [
            '重测正常，本人无不适',
            'Normal when measured again, feels well',
          ]),
          endTold(['还高或低，交给家庭医生', 'Still off: hand to the family doctor'], 'advised', [
            '已告知家庭医生和家属',
            'Family doctor and family told',
          ]),
          reached(['差得多，或变难受', 'Far off, or feels worse'], 'send'),
        ],
      ),
      sendHelp(['体征不对又没人应，按急病处理', 'Bad figures and no answer: treat as acute']),
      ...rescue(),
    ],
  )

const wander = (high: boolean): DefaultProtocol =>
  protocol(
    high ? 'wander-high' : 'wander',
    high ? ['走失（高风险）', 'Wandering (high risk)'] : ['走失', 'Wandering'],
    ['wander'],
    high ? HIGH : CALM,
    [
      step(
        'talk',
        'call',
        ['打给本人：现在在哪里？旁边是什么？', 'Call the resident: where are you? What do you see?'],
        ['一小时内多半在 1 公里里', 'Within the hour most are less than 1 km away'],
        [
          reached(['说得清，平安', 'Clear, safe'], 'home'),
          reached(['说不清在哪里', 'Does not know where'], 'send'),
          silent(['没人接', 'No answer'], high ? 'send' : 'family'),
        ],
      ),
      ...(high
        ? []
        : [
            step(
              'family',
              'call',
              ['打给家属、邻居：人和你们在一起吗？', 'Call family and neighbours: is the resident with you?'],
              null,
              [
                endTold(['在一起，平安', 'With them, safe'], 'no_help_needed', [
                  '陪同的人确认平安',
                  'Confirmed by the person with the resident',
                ]),
                silent(['没有，也不知道', 'No, and nobody knows'], 'send'),
              ],
            ),
          ]),
      step(
        'home',
        'ask',
        ['问：自己回得去吗？几点到家？', 'Ask: can you get home alone? When?'],
        ['认路不行的，不要让她自己走', 'Whoever loses the way must not walk alone'],
        [
          endTold(['能自己回，已告诉家属', 'Gets home alone, family told'], 'no_help_needed', [
            '本人清楚，家属知情',
            'The resident is clear, family told',
          ]),
          reached(['要人接', 'Needs to be fetched'], 'send'),
        ],
      ),
      step(
        'send',
        'dispatch',
        ['派人去最后的位置；家属、网格员分头找', 'Send to the last position; family and grid worker search apart'],
        ['越早越近。水边、路口、老房子先看', 'The sooner the nearer: water, crossings, old homes first'],
        [
          send(
            ['网格员和家属', 'Grid worker and family'],
            'way',
            ['网格员、家属', 'Grid worker, family'],
            ['最后位置见地图；先看水边', 'Last position on the map; water first'],
          ),
          send(
            ['再报 110', 'With 110'],
            'way',
            ['110、网格员、家属', '110, grid worker, family'],
            ['老人走失；衣着、照片看档案', 'Missing elder; clothes and photo on file'],
          ),
        ],
      ),
      ...rescue(['问现场：人怎么样？冻着、饿着没有？', 'Ask them: how is the resident? Cold, hungry?']),
    ],
  )

const route = {
  text: ['打给住户：今天走哪条路？是不是有人陪？', 'Call the resident: which way today? Is somebody with you?'],
  why: ['换了路，可能是走迷了', 'Another way may mean lost'],
  fine: ['知道路，没事', 'Knows the way, fine'],
  fineReason: ['本人接听，知道路', 'The resident answered and knows the way'],
} as const

export const CARE: readonly DefaultProtocol[] = [
  wander(true),
  wander(false),
  vital(true),
  vital(false),
  lookAfter('inactivity', ['长时间无活动', 'No activity'], ['inactivity'], still, true),
  lookAfter('inactivity', ['长时间无活动', 'No activity'], ['inactivity'], still, false),
  lookAfter('bed', ['离床未归', 'Left bed'], ['leave_bed'], bed, true),
  lookAfter('bed', ['离床未归', 'Left bed'], ['leave_bed'], bed, false),
  lookAfter('door', ['门未关', 'Door left open'], ['door_left_open'], door, null),
  lookAfter('temperature', ['室温异常', 'Room temperature'], ['temperature'], temperature, null),
  lookAfter('route', ['偏离常走路线', 'Off the usual way'], ['route_deviation'], route, null),
]
