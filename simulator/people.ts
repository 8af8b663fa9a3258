import type { Random } from './random.ts'
import type { Town } from './towns.ts'

/** Words for invented people and places. No real person, house or number is meant. */

// The most frequent surnames of China, weighted as they lie, more or less.
const SURNAMES = [
  ...'王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁沈任',
]
// Given names usual among people born between 1930 and 1960.
const WOMEN = [
  '秀英 桂英 玉兰 秀兰 桂花 凤英 金莲 春香 菊香 细妹 水仙 荷花 翠莲 冬梅 雪梅 银娇 爱莲 月英 素珍 美玉 腊梅 桃花 莲香 玉珍 凤仙 兰英 香莲 招娣 淑珍 惠兰',
].flatMap((names) => names.split(' '))
const MEN = [
  '建国 国华 德明 水生 火生 金水 根生 炳生 福生 长根 细毛 志明 文彬 德贵 光荣 庆华 家旺 茂林 春生 冬生 祥林 有福 永发 明星 树根 正义 贵才 和平 忠良 来发',
].flatMap((names) => names.split(' '))
const YOUNG_WOMEN = '丽萍 小燕 红梅 晓琴 芳 娟 丽华 慧 艳红 美华 雪琴 敏 静 海燕'.split(' ')
const YOUNG_MEN = '志强 建军 小平 伟 勇 国平 海波 俊 军 建华 小明 涛 文辉 斌'.split(' ')

const STREETS = '建设路 解放路 人民路 胜利路 文化路 信江路 滨江路 南门街 北门街 康乐路 富民路 学前巷 水南街 老街'.split(
  ' ',
)
const ESTATES = '康馨苑 信江花园 和谐家园 阳光小区 老粮站宿舍 供销社宿舍 桂花苑 福星小区'.split(' ')
const VILLAGES =
  '上湾 下坂 石桥 樟树下 洪家 杨家 塘边 枫林 大源 新屋 老屋 竹园 李家坞 井头 岭背 坳上 桥头 沙洲 横塘 高坂'.split(' ')

export type Gender = 'female' | 'male'

/** A surname and given name of somebody aged 65 or more. */
export function elderName(random: Random, gender: Gender): string {
  return surname(random) + random.pick(gender === 'female' ? WOMEN : MEN)
}

/** The name of somebody of working age; with a surname given, of the family. */
export function youngName(random: Random, gender: Gender, family?: string): string {
  return (family ?? surname(random)) + random.pick(gender === 'female' ? YOUNG_WOMEN : YOUNG_MEN)
}

// Frequent names come first in the list: the square of a uniform number prefers them.
function surname(random: Random): string {
  return SURNAMES[Math.floor(random.next() ** 2 * SURNAMES.length)] ?? '王'
}

/** Street or village of a town, with a house number. */
export function address(random: Random, town: Town): string {
  if (town.name.endsWith('街道')) {
    const number = random.integer(1, 180)
    if (random.chance(0.4)) return `${random.pick(STREETS)}${number}号`
    const room = random.integer(1, 6) * 100 + random.integer(1, 4)
    return `${random.pick(STREETS)}${number}号${random.pick(ESTATES)}${random.integer(1, 16)}栋${random.integer(1, 3)}单元${room}室`
  }
  if (town.name.endsWith('镇') && random.chance(0.35)) return `${random.pick(STREETS)}${random.integer(1, 120)}号`
  return `${random.pick(VILLAGES)}村${random.pick(VILLAGES)}组${random.integer(1, 90)}号`
}
