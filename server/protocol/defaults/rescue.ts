import type { ProtocolStep } from '../../contract/protocol.ts'
import { end, go, type Pair, send, step, there } from './write.ts'

/** What is the same in every rescue from the moment somebody is sent: the way, the door, what is found, the family. */

const TO_120: Pair = ['120、网格员', '120 and the grid worker']
const TO_NEAR: Pair = ['网格员', 'Grid worker']
const BRIEF: Pair = [
  '到了先回电话；进门方式和风险看档案',
  'Phone back on arrival; the way in and the risks are in the file',
]

/** Whom to send, when a life may be at stake. */
export const sendHelp = (why: Pair): ProtocolStep =>
  step('send', 'dispatch', ['派人：120 和最近的人一起去', 'Send 120 and whoever is nearest, both at once'], why, [
    send(['120 和网格员都去', '120 and grid worker'], 'way', TO_120, BRIEF),
    send(['先派网格员', 'Grid worker first'], 'way', TO_NEAR, BRIEF),
    send(['先派邻居或家属', 'Neighbour or family first'], 'way', ['邻居、家属', 'Neighbour, family'], BRIEF),
  ])

/** Whom to send to look, when it is not known whether anything has happened. */
export const sendToLook = (why: Pair): ProtocolStep =>
  step('send', 'dispatch', ['派最近的人上门看', 'Send the nearest person to look'], why, [
    send(['派网格员', 'Grid worker'], 'way', TO_NEAR, BRIEF),
    send(['请邻居或家属去', 'Neighbour or family'], 'way', ['邻居、家属', 'Neighbour, family'], BRIEF),
    send(['叫 120 一起去', '120 as well'], 'way', TO_120, BRIEF),
  ])

/** From the way to the end. `scene` is what is asked of whoever is with the resident. */
export function rescue(
  scene: Pair = ['问现场：人醒着吗？哪里不好？', 'Ask them: is the resident awake? What is wrong?'],
): ProtocolStep[] {
  return [
    step(
      'way',
      'inform',
      ['告诉来人：怎么进门、先防什么', 'Tell them the way in and what to beware of'],
      ['来人路上就要知道，到门口再问就晚了', 'They need it on the way; at the door it is too late'],
      [
        there(['已经见到人', 'With the resident'], 'scene'),
        go(['到门口，进不去', 'At the door, cannot get in'], 'door'),
        go(['还没到', 'Not there yet'], 'chase'),
      ],
    ),
    step(
      'chase',
      'call',
      ['打给来人：到哪里了？', 'Call them: where are you now?'],
      ['城里 15 分钟、偏远 30 分钟没到，就改派', 'Not there in 15 minutes (30 if remote): send another'],
      [
        go(['快到了，继续等', 'Nearly there, wait'], 'way'),
        send(['改派别人', 'Send somebody else'], 'way', ['备选人员', 'Next responder'], BRIEF),
        there(['已经见到人', 'With the resident'], 'scene'),
      ],
    ),
    step(
      'door',
      'decide',
      ['想办法进门：钥匙、邻居、开锁', 'Get in: keys, neighbour, locksmith'],
      ['叫不应、进不去，按有危险处理', 'No reply behind a locked door counts as danger'],
      [
        there(['进去了，见到人', 'Inside, with the resident'], 'scene'),
        send(['叫 119 破门', '119 to force the door'], 'way', ['119', '119'], ['请破门救人', 'Please force the door']),
        send(['叫 110 到场', '110 to attend'], 'way', ['110', '110'], ['请到场协助进门', 'Please help to get in']),
        go(['人不在家', 'Nobody is at home'], 'away'),
      ],
    ),
    step(
      'away',
      'call',
      ['打给家属和邻居：人去哪里了？', 'Call family and neighbours: where is the resident?'],
      ['没见到人，不能当作没事', 'Not seen does not mean safe'],
      [
        { ...there(['找到人了', 'Found'], 'scene'), contact: 'made' },
        send(
          ['找不到，叫 110 一起找', 'Not found: 110 to search'],
          'way',
          ['110', '110'],
          ['请协助查找老人', 'Please help to find the resident'],
        ),
      ],
    ),
    step(
      'scene',
      'ask',
      scene,
      ['听在场的人说，不要自己猜', 'Go by what they see, do not guess'],
      [
        go(['帮过了，人安全', 'Helped, safe now'], 'tell'),
        go(['要送医院', 'Goes to hospital'], 'tell-hospital'),
        end(['人没事，不用帮', 'Fine, no help needed'], 'no_help_needed', [
          '到场的人确认没事',
          'Confirmed by the person on site',
        ]),
        send(['再叫 120', '120 as well'], 'way', ['120', '120'], ['现场请求急救', 'Ambulance asked for on site']),
        end(['人已去世', 'Deceased'], 'deceased', [
          '到场的人确认，已报 120 和 110',
          'Confirmed on site, 120 and 110 informed',
        ]),
      ],
    ),
    step(
      'tell',
      'inform',
      ['告诉家属：出了什么事、现在怎样', 'Tell the family what happened and how it is now'],
      null,
      [
        end(['已告诉家属', 'Family told'], 'helped', ['已帮助，家属知情', 'Helped, family told']),
        end(['没打通，已留言', 'Not reached, message left'], 'helped', [
          '已帮助，已给家属留言',
          'Helped, message left for the family',
        ]),
      ],
    ),
    step(
      'tell-hospital',
      'inform',
      ['告诉家属：送哪家医院、谁陪着', 'Tell the family: which hospital, who goes along'],
      null,
      [
        end(['已告诉家属', 'Family told'], 'hospital', ['送医，家属知情', 'To hospital, family told']),
        end(['没打通，已留言', 'Not reached, message left'], 'hospital', [
          '送医，已给家属留言',
          'To hospital, message left for the family',
        ]),
      ],
    ),
  ]
}
