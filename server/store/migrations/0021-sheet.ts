import type { Criterion, SheetContent, SheetEvidence, SheetSection } from '../../contract/quality-sheet.ts'

/** The scoring sheet as it is delivered, from docs/quality.md. A change of it is a new version, not a change here. */

type Texts = readonly [chinese: string, english: string]

const words = ([chinese, english]: Texts) => ({ 'zh-CN': chinese, en: english })

function criterion(
  id: string,
  section: SheetSection,
  text: Texts,
  hint: Texts | null,
  rest: Pick<Criterion, 'scale' | 'weight'> & { critical?: boolean; evidence?: SheetEvidence },
): Criterion {
  const { critical = false, evidence = null, scale, weight } = rest
  return { id, section, text: words(text), hint: hint && words(hint), scale, weight, critical, evidence }
}

export const DEFAULT_SHEET: SheetContent = {
  passMark: 80,
  criteria: [
    criterion(
      'answered',
      'answer',
      ['按时接听', 'Answered in time'],
      ['60 秒内 2 分，180 秒内 1 分，更晚 0 分', '2 within 60 s, 1 within 180 s, 0 later'],
      { scale: 'points', weight: 3, evidence: 'answer' },
    ),
    criterion(
      'identity',
      'answer',
      ['确认了是谁、在哪里', 'Confirmed who it is and where'],
      ['姓名、地址，人在家还是在外', 'Name, address, at home or out'],
      { scale: 'points', weight: 2, evidence: 'recording' },
    ),
    criterion(
      'situation',
      'answer',
      ['问清了出了什么事、人怎么样', 'Found out what happened and how she is'],
      ['意识、疼痛、出血、能否起身', 'Conscious, pain, bleeding, able to get up'],
      { scale: 'points', weight: 2 },
    ),
    criterion(
      'protocol',
      'handling',
      ['按处置流程做', 'Followed the protocol'],
      ['没有跳步；没照做的写明了原因', 'No step skipped; where it was left, the reason is written'],
      { scale: 'points', weight: 2, evidence: 'protocol' },
    ),
    criterion('notices', 'handling', ['读了必读须知并照做', 'Read the must-see notices and acted on them'], null, {
      scale: 'yes_no',
      weight: 2,
      evidence: 'notices',
    }),
    criterion(
      'right_people',
      'handling',
      ['派了对的人，派得及时', 'Sent the right people, in time'],
      [
        '接听后 60 秒内决定 2 分；该派的没有派 0 分；不需派人选“不适用”',
        '2 when decided within 60 s of the answer; 0 when nobody went who had to; not applicable when nobody had to',
      ],
      { scale: 'points', weight: 3, critical: true, evidence: 'dispatch' },
    ),
    criterion(
      'told',
      'handling',
      ['告诉老人谁会来、要等多久', 'Told her who comes and how long it takes'],
      ['并告诉家属', 'And told the family'],
      { scale: 'points', weight: 1 },
    ),
    criterion('followed', 'handling', ['跟到有人到场', 'Followed it until somebody was with her'], null, {
      scale: 'points',
      weight: 2,
      evidence: 'arrival',
    }),
    criterion(
      'contact',
      'closing',
      ['结案前联系上或见到了老人', 'She was reached or seen before the end'],
      ['没有联系上的绝不能按误报、无需帮助结案', 'Without contact a case is never a false alarm, nor without need'],
      { scale: 'yes_no', weight: 3, critical: true, evidence: 'contact' },
    ),
    criterion('outcome', 'closing', ['结案结果与经过相符', 'The outcome fits what happened'], null, {
      scale: 'yes_no',
      weight: 2,
      evidence: 'outcome',
    }),
    criterion(
      'log_complete',
      'closing',
      ['记录完整，接班的人看得懂', 'The log is complete and clear to whoever comes next'],
      null,
      { scale: 'points', weight: 2, evidence: 'log' },
    ),
    criterion(
      'manner',
      'conduct',
      ['态度平和，用老人听得懂的话', 'Calm, in words that she understands'],
      ['方言、语速、不打断', 'Dialect, pace, no interrupting'],
      { scale: 'points', weight: 2, evidence: 'recording' },
    ),
    criterion('consent', 'conduct', ['录音前已告知', 'Recording was said before it began'], null, {
      scale: 'yes_no',
      weight: 1,
      evidence: 'recording',
    }),
    criterion(
      'privacy',
      'conduct',
      ['只看、只说处置需要的个人信息', 'Looked at and said only what the rescue needed'],
      ['门锁密码、病情只告诉到场的人', 'Door codes and illnesses only to those who come'],
      { scale: 'yes_no', weight: 2, critical: true },
    ),
  ],
}
