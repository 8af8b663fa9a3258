import {
  ANY_RISK,
  CALM,
  type DefaultProtocol,
  end,
  endTold,
  go,
  HIGH,
  protocol,
  reached,
  send,
  silent,
  step,
  there,
} from './write.ts'

/** Devices that don't work: who can't call for help meanwhile matters more than the device. */

const repair = step(
  'repair',
  'dispatch',
  ['报修：24 小时内上门', 'Order the repair: within 24 hours'],
  ['报了没人换，等于没报', 'Reported and not replaced is not reported'],
  [
    send(['派维修上门', 'Send a technician'], 'visit', ['维修人员', 'Technician'], ['带备用设备', 'Bring a spare']),
    end(['已报修，约好时间', 'Ordered, time agreed'], 'fault_reported', [
      '已报修，约定上门时间',
      'Repair ordered, time agreed',
    ]),
  ],
)
const visit = step(
  'visit',
  'inform',
  ['等上门结果：换好了吗？按一次试试', 'Wait for the technician: replaced? Press once to test'],
  null,
  [
    there(['到了，在修', 'On site'], 'done'),
    end(['改约，已报修', 'Put off, ordered'], 'fault_reported', [
      '改约时间，住户知道',
      'New time agreed, the resident knows',
    ]),
  ],
)
const done = step('done', 'ask', ['试按一次：中心收到了吗？', 'Test press: has the centre received it?'], null, [
  end(['收到，好了', 'Received, works'], 'helped', ['已修好，试按收到', 'Mended, test press received']),
  go(['没收到', 'Not received'], 'repair'),
])
/** Nobody answers and nothing can call: somebody has to look. */
const look = step(
  'look',
  'dispatch',
  ['派网格员今天上门看人', 'Send the grid worker to look in today'],
  ['打不通又没有设备，她求不了救', 'No phone, no device: the resident cannot call for help'],
  [
    send(
      ['派网格员', 'Grid worker'],
      'seen',
      ['网格员', 'Grid worker'],
      ['看人，再看设备', 'The person first, then the device'],
    ),
    send(['请邻居去', 'Neighbour'], 'seen', ['邻居', 'Neighbour']),
  ],
)
const seen = step('seen', 'inform', ['等回话：人见到了吗？', 'Wait for word: has the resident been seen?'], null, [
  there(['见到了，没事', 'Seen, fine'], 'repair'),
  send(['要帮忙，叫 120', 'Needs help: 120'], 'seen', ['120', '120']),
])

function home(high: boolean): DefaultProtocol {
  return protocol(
    high ? 'home-silent-high' : 'home-silent',
    high ? ['家中设备失联（高风险）', 'Home out of contact (high risk)'] : ['家中设备失联', 'Home out of contact'],
    ['hub_offline', 'offline', 'mains_loss'],
    high ? HIGH : CALM,
    [
      step(
        'talk',
        'call',
        ['打给住户：家里有电吗？网关的灯亮吗？', 'Call the resident: is the power on? Is the hub lit?'],
        ['失联时按键也没用，先问人好不好', 'While it is away no key works: first ask how the resident is'],
        [
          reached(['停电或拔了插头', 'Power cut or unplugged'], 'plug'),
          reached(['有电，还是不亮', 'Power on, not lit'], 'repair'),
          silent(['没人接', 'No answer'], high ? 'look' : 'wait'),
        ],
      ),
      ...(high
        ? []
        : [
            step(
              'wait',
              'call',
              ['1 小时内再打一次，再打给联系人', 'Call again within the hour, then the contacts'],
              null,
              [reached(['联系上，人没事', 'Reached, fine'], 'plug'), silent(['没联系上', 'Not reached'], 'look')],
            ),
          ]),
      step('plug', 'inform', ['请她插好电源，等 2 分钟看恢复没有', 'Have it plugged in; wait 2 minutes'], null, [
        endTold(['恢复了', 'Back again'], 'advised', ['通电后恢复', 'Back after power']),
        reached(['没恢复', 'Still away'], 'repair'),
      ]),
      look,
      seen,
      repair,
      visit,
      done,
    ],
  )
}

function device(high: boolean): DefaultProtocol {
  return protocol(
    high ? 'device-high' : 'device',
    high ? ['设备故障（高风险）', 'Device fault (high risk)'] : ['设备故障', 'Device fault'],
    ['device_fault', 'tamper', 'removed', 'battery_low', 'test_overdue'],
    high ? HIGH : CALM,
    [
      step(
        'talk',
        'call',
        ['打给住户：设备在身边吗？请按一次试试', 'Call the resident: is the device at hand? Please press once'],
        ['取下、没电、没试，都等于叫不到人', 'Off, flat or untested all mean: cannot call'],
        [
          endTold(['试按收到，好的', 'Test press received'], 'test', [
            '试按收到，设备正常',
            'Test press received, works',
          ]),
          reached(['没收到，或坏了', 'Not received, or broken'], 'repair'),
          reached(['要换电池或充电', 'Battery to be changed or charged'], 'power'),
          silent(['没人接', 'No answer'], high ? 'look' : 'later'),
        ],
      ),
      ...(high
        ? []
        : [
            step(
              'later',
              'decide',
              ['今天再打一次；家里别的设备还通吗？', 'Call again today; do other devices there work?'],
              null,
              [
                reached(['联系上了', 'Reached'], 'talk'),
                end(['别的设备通，明天再打', 'Others work, call tomorrow'], 'fault_reported', [
                  '其他设备正常，已转明日回访',
                  'Other devices work, call back tomorrow',
                ]),
                silent(['都不通', 'None works'], 'look'),
              ],
            ),
          ]),
      step(
        'power',
        'inform',
        ['教她充电或请家属换电池', 'Say how to charge, or have the family change the battery'],
        null,
        [
          endTold(['会弄，今天就换', 'Will do it today'], 'advised', [
            '已指导充电、换电池',
            'Told how to charge or change it',
          ]),
          reached(['不会弄', 'Cannot do it'], 'repair'),
        ],
      ),
      look,
      seen,
      repair,
      visit,
      done,
    ],
  )
}

const area = protocol('area', ['片区设备失联', 'Area out of contact'], ['area_offline'], ANY_RISK, [
  step(
    'cause',
    'call',
    ['打给供电、运营商：是不是停电断网？', 'Call the power company and the carrier: a cut?'],
    ['一片都断，多半不是设备的事', 'A whole area away is seldom the devices'],
    [
      go(['是停电或断网', 'Power or network is down'], 'until'),
      go(['不是，查自己的设备', 'No: look at our own'], 'own'),
    ],
  ),
  step('until', 'ask', ['问：几点恢复？范围到哪里？', 'Ask: back when? How far does it reach?'], null, [
    go(['一小时内恢复', 'Within the hour'], 'watch'),
    go(['更久，或说不准', 'Longer, or unknown'], 'people'),
  ]),
  step('own', 'dispatch', ['派维修看基站、线路', 'Send a technician to gateway and lines'], null, [
    send(['派维修', 'Technician'], 'people', ['维修人员', 'Technician']),
  ]),
  step(
    'people',
    'call',
    ['照名单打：先打独居、失能的', 'Call down the list: alone and disabled first'],
    ['这时候谁按都没人听见', 'Now nobody is heard, whoever presses'],
    [
      go(['都联系上了', 'All reached'], 'watch'),
      send(
        ['有人没接，派网格员', 'Some not reached: grid workers'],
        'people',
        ['网格员', 'Grid workers'],
        ['逐户看人', 'Look in on each'],
      ),
    ],
  ),
  step(
    'watch',
    'inform',
    ['守到恢复，再看还有谁没回来', 'Watch until it is back, then who is still missing'],
    ['恢复后查名单：断的时候谁可能按过', 'Afterwards check who may have called in vain'],
    [
      end(['都恢复了', 'All back'], 'other', ['片区恢复，名单已查', 'Area back, list checked']),
      end(['大部分恢复，其余报修', 'Most back, the rest ordered'], 'fault_reported', [
        '其余已报修',
        'Repair ordered for the rest',
      ]),
      go(['还没恢复', 'Not back yet'], 'people'),
    ],
  ),
])

export const FAULTS: readonly DefaultProtocol[] = [home(true), home(false), device(true), device(false), area]
