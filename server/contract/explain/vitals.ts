import type { Sentence } from './template.ts'

type Field = 'hr' | 'spo2' | 'sys' | 'dia' | 'body_temp'

const high = (zh: string, en: string, unit: string, enUnit = unit): Sentence => ({
  'zh-CN': `${zh}连续 {readings} 次高于 {limit}${unit}(历时 {lasting:lasting}),最近为 {value}${unit}`,
  en: `${en} above {limit}${enUnit} in {readings} readings over {lasting:lasting}; last {value}${enUnit}`,
})
const low = (zh: string, en: string, unit: string, enUnit = unit): Sentence => ({
  'zh-CN': `${zh}连续 {readings} 次低于 {limit}${unit}(历时 {lasting:lasting}),最近为 {value}${unit}`,
  en: `${en} below {limit}${enUnit} in {readings} readings over {lasting:lasting}; last {value}${enUnit}`,
})
const within = (zh: string, en: string, unit: string, enUnit = unit): Sentence => ({
  'zh-CN': `${zh}恢复正常,最近为 {value}${unit}`,
  en: `${en} is back within its limits; last {value}${enUnit}`,
})

const HR = ['心率', 'Heart rate', ' 次/分', ' a minute'] as const
const SPO2 = ['血氧饱和度', 'Oxygen saturation', ' %'] as const
const SYS = ['收缩压(高压)', 'Systolic blood pressure', ' mmHg'] as const
const DIA = ['舒张压(低压)', 'Diastolic blood pressure', ' mmHg'] as const
const BODY_TEMP = ['体温', 'Body temperature', ' °C'] as const

export const VITAL_RULES = {
  'vitals.hr_high': high(...HR),
  'vitals.hr_low': low(...HR),
  'vitals.hr_within': within(...HR),
  'vitals.spo2_high': high(...SPO2),
  'vitals.spo2_low': low(...SPO2),
  'vitals.spo2_within': within(...SPO2),
  'vitals.sys_high': high(...SYS),
  'vitals.sys_low': low(...SYS),
  'vitals.sys_within': within(...SYS),
  'vitals.dia_high': high(...DIA),
  'vitals.dia_low': low(...DIA),
  'vitals.dia_within': within(...DIA),
  'vitals.body_temp_high': high(...BODY_TEMP),
  'vitals.body_temp_low': low(...BODY_TEMP),
  'vitals.body_temp_within': within(...BODY_TEMP),
} as const satisfies Record<`vitals.${Field}_${'high' | 'low' | 'within'}`, Sentence>
