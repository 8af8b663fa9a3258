import { rescue, sendHelp } from './rescue.ts'
import { ANY_RISK, type DefaultProtocol, endTold, go, protocol, reached, send, silent, step } from './write.ts'

/** Fire, gas, carbon monoxide, water: get her out first, ask afterwards. Every risk alike: the house does not ask for her age. */

const smoke = protocol('smoke', ['烟雾报警', 'Smoke'], ['smoke'], ANY_RISK, [
  step(
    'talk',
    'call',
    ['打给住户：有没有烟、有没有火？', 'Call the resident: is there smoke or fire?'],
    ['一分钟火就能封住门', 'Within a minute fire can block the door'],
    [
      reached(['有火，或烟很大', 'Fire, or thick smoke'], 'leave'),
      silent(['没人应答', 'No answer'], 'fire'),
      reached(['只是烧菜、烧香', 'Cooking or incense only'], 'sure'),
    ],
  ),
  step(
    'leave',
    'inform',
    ['叫她：弯腰出门，别拿东西，门带上', 'Say: keep low, get out, take nothing, shut the door'],
    ['走不动就去窗边，毛巾堵门缝', 'Cannot walk: to the window, towel at the door'],
    [reached(['已经出来了', 'Is outside'], 'fire'), go(['走不动，被困', 'Cannot get out'], 'fire')],
  ),
  step(
    'sure',
    'ask',
    ['请她看灶台和电器，关火开窗；烟在散吗？', 'Have stove and plugs checked, fire off, window open: is it clearing?'],
    null,
    [
      endTold(['烟散了，没有火', 'Clearing, no fire'], 'false_alarm', [
        '本人查看，炊烟已散',
        'The resident looked: cooking smoke, gone',
      ]),
      reached(['烟还在，或不敢看', 'Still smoke, or afraid to look'], 'fire'),
    ],
  ),
  step(
    'fire',
    'dispatch',
    ['叫 119，再叫最近的邻居敲门', 'Call 119, then the nearest neighbour to knock'],
    ['没人应答按着火处理', 'No answer counts as fire'],
    [
      send(
        ['119 和邻居', '119 and neighbour'],
        'way',
        ['119、邻居', '119 and neighbour'],
        [
          '家中烟雾报警；说明有没有氧气瓶、走不走得动',
          'Smoke at home; say about oxygen and whether the resident can walk',
        ],
      ),
      send(['119、120 都叫', '119 and 120'], 'way', ['119、120', '119 and 120'], ['有人被困', 'Somebody is trapped']),
    ],
  ),
  ...rescue([
    '问现场：火灭了吗？人出来了吗？吸到烟没有？',
    'Ask them: is the fire out? Everybody outside? Smoke inhaled?',
  ]),
])

const gas = protocol('gas', ['燃气泄漏', 'Gas leak'], ['gas'], ANY_RISK, [
  step(
    'talk',
    'call',
    ['打给住户：闻到煤气味吗？别开灯、别点火', 'Call the resident: do you smell gas? No lights, no flame'],
    ['开关和手机都能打出火星。让她到门外再说话', 'Switches and phones can spark: talk outside the door'],
    [
      reached(['闻到气味', 'Smells gas'], 'leave'),
      silent(['没人应答', 'No answer'], 'send'),
      reached(['没气味，刚才忘关火', 'No smell, had left the tap on'], 'sure'),
    ],
  ),
  step(
    'leave',
    'inform',
    ['叫她：关总阀，开窗，人出去', 'Say: main tap off, windows open, go outside'],
    ['关不动就先走', 'Cannot turn it: leave at once'],
    [reached(['人在外面了', 'Is outside'], 'send'), go(['走不动', 'Cannot get out'], 'send')],
  ),
  step(
    'sure',
    'ask',
    ['请她关阀开窗；头晕、恶心吗？', 'Have the tap shut, windows open: dizzy, sick?'],
    ['没气味不等于没事，一氧化碳闻不到', 'No smell proves little: carbon monoxide has none'],
    [
      endTold(['关好了，人没事', 'Shut off, feels well'], 'advised', [
        '阀门已关，通风，本人无不适',
        'Tap shut, aired, feels well',
      ]),
      reached(['还在报，或头晕', 'Still sounding, or dizzy'], 'send'),
    ],
  ),
  step(
    'send',
    'dispatch',
    ['叫燃气公司和 119；邻居只敲门，不按门铃', 'Call the gas company and 119; neighbours knock, never ring'],
    ['门铃会打火', 'A door bell can spark'],
    [
      send(
        ['119 和燃气公司', '119 and gas company'],
        'way',
        ['119、燃气公司', '119 and gas company'],
        ['燃气泄漏，勿按门铃、勿开灯', 'Gas leak: no bell, no lights'],
      ),
      send(
        ['再加 120', 'With 120'],
        'way',
        ['119、120、燃气公司', '119, 120 and gas company'],
        ['有人可能中毒', 'Somebody may be poisoned'],
      ),
    ],
  ),
  ...rescue(['问现场：阀关了吗？通风了吗？人晕不晕？', 'Ask them: tap shut? Aired? Is anybody dizzy?']),
])

const co = protocol('co', ['一氧化碳', 'Carbon monoxide'], ['co'], ANY_RISK, [
  step(
    'talk',
    'call',
    ['打给住户：马上开门出去！头晕、恶心吗？', 'Call the resident: open the door, get out! Dizzy? Sick?'],
    ['闻不到，人会越来越困', 'It has no smell and makes sleepy'],
    [
      reached(['出来了，没不舒服', 'Outside, feels well'], 'fresh'),
      reached(['头晕、恶心、没力气', 'Dizzy, sick or weak'], 'send'),
      silent(['没人应答', 'No answer'], 'send'),
    ],
  ),
  step(
    'fresh',
    'ask',
    ['问：炭火、热水器关了吗？家里还有别人吗？', 'Ask: is the fire or heater off? Anybody else inside?'],
    ['关掉来源以前不能回屋', 'Nobody goes back before the source is off'],
    [
      endTold(['关了，都在外面，没不适', 'Off, all outside, all well'], 'advised', [
        '来源已关，通风，嘱不适即按',
        'Source off, aired; press again if unwell',
      ]),
      reached(['不会关，或里面还有人', 'Cannot turn it off, or somebody inside'], 'send'),
    ],
  ),
  step(
    'send',
    'dispatch',
    ['叫 120 和 119；邻居开门通风，自己别久留', 'Call 120 and 119; neighbours open up and do not stay'],
    ['没人应答按中毒处理', 'No answer counts as poisoning'],
    [
      send(
        ['120 和 119', '120 and 119'],
        'way',
        ['120、119', '120 and 119'],
        ['一氧化碳，进屋先通风', 'Carbon monoxide: air first'],
      ),
      send(
        ['120 和邻居', '120 and neighbour'],
        'way',
        ['120、邻居', '120 and neighbour'],
        ['一氧化碳，开门窗后退到外面', 'Carbon monoxide: open up, step back outside'],
      ),
    ],
  ),
  ...rescue(['问现场：人醒着吗？嘴唇什么颜色？通风了吗？', 'Ask them: awake? Colour of the lips? Aired?']),
])

const water = protocol('water', ['漏水', 'Water leak'], ['water_leak'], ANY_RISK, [
  step(
    'talk',
    'call',
    ['打给住户：哪里漏水？地上滑，先别走动', 'Call the resident: where is the water? Slippery, stay put'],
    ['水边最怕滑倒和触电', 'Beware of a slip and of electricity'],
    [
      reached(['在漏，要人帮', 'Leaking, needs help'], 'shut'),
      silent(['没人应答', 'No answer'], 'retry'),
      endTold(['已经擦干关好', 'Shut and dry'], 'advised', ['本人已关水擦干', 'The resident shut it off']),
    ],
  ),
  step(
    'retry',
    'call',
    ['再打一次，再打给邻居', 'Call again, then the neighbour'],
    ['水漫着没人应，可能摔在里面', 'Water and no answer: may have slipped'],
    [reached(['联系上了', 'Reached'], 'shut'), silent(['都没联系上', 'Nobody reached'], 'send')],
  ),
  step('shut', 'inform', ['教她关总阀，别碰湿的插座', 'Say how to shut the main tap; no wet sockets'], null, [
    endTold(['关住了', 'Shut off'], 'advised', [
      '已关总阀，人没事；约修',
      'Main tap shut, resident safe; repair booked',
    ]),
    reached(['关不了', 'Cannot shut it'], 'send'),
  ]),
  sendHelp(['先看人，再看水', 'The person first, then the water']),
  ...rescue(['问现场：人没事吗？水关了吗？电断了吗？', 'Ask them: is the resident safe? Water off? Power off?']),
])

export const DANGERS: readonly DefaultProtocol[] = [smoke, gas, co, water]
