import type { ProtocolStep, Words } from '../../contract/protocol.ts'
import { rescue, sendHelp } from './rescue.ts'
import { endTold, go, reached, send, silent, step } from './write.ts'

/** What an operator gets for a kind that has no published protocol: better than nothing, and marked as such. */
export const FALLBACK: { title: Words; steps: readonly ProtocolStep[] } = {
  title: { 'zh-CN': '通用流程', en: 'General steps' },
  steps: [
    step(
      'talk',
      'call',
      ['打给住户：人好吗？出了什么事？', 'Call the resident: are you well? What has happened?'],
      null,
      [
        reached(['要帮忙', 'Needs help'], 'need'),
        silent(['没人应答', 'No answer'], 'send'),
        endTold(['没事', 'Fine'], 'no_help_needed', ['本人确认没事', 'The resident says all is well']),
      ],
    ),
    step('need', 'decide', ['判断轻重：有没有危险？', 'Judge: is there danger?'], null, [
      send(['有危险，叫 120', 'In danger: 120'], 'way', ['120、网格员', '120 and the grid worker']),
      go(['要人上门', 'Somebody should go'], 'send'),
      endTold(['电话里讲好了', 'Settled by phone'], 'advised', ['电话里处理好', 'Settled by phone']),
    ]),
    sendHelp(['没人应答就派人', 'No answer: somebody goes']),
    ...rescue(),
  ],
}
