import type { Language } from '../../ui/formats.ts'

/**
 * What the server says of a field or a row, for a Chinese reader: problems carry their explanation in English. A sentence
 * that isn't here is shown as it came. test/dashboard/devices-texts.test.ts holds the list against the server.
 */
const SENTENCES: Readonly<Record<string, string>> = {
  'is missing': '没有填',
  'is not known': '不认识这个词，请用模板里的写法',
  'unknown column; take the headings of GET /devices/import-template': '不认识的列，请用模板里的列名',
  'this column is there twice': '这一列出现了两次',
  'this column is missing': '缺少这一列',
  'holds a control character': '含有看不见的控制字符',
  'Excel has rounded this number: format the column as text and enter it again':
    'Excel 把这个号码取了整：请把这一列设为“文本”格式，再重新输入',
  'letters, digits, and _ . : - ; at most 64': '只能用字母、数字和 _ . : - ，最多 64 位',
  'what its hub or protocol calls it is needed': '要填网关或协议里对它的称呼',
  'unknown resident; GET /residents lists them': '没有这位住户',
  'unknown model; GET /device-models lists them': '型号不在目录里',
  'is no address or network': '不是 IP 或网段',
  'no hub speaks this: each device connects by itself': '这种设备都自己连接，没有网关',
  'a device of this protocol is behind a hub: name the hub': '这种设备在网关后面，请填网关',
  'a hub or bridge is behind nothing': '网关和桥接不能再放在别的网关后面',
  'unknown hub; GET /devices?kind=hub lists them': '没有这个网关',
  'is neither a hub nor a bridge': '它不是网关',
  'this hub is retired': '这个网关已退役',
  'this hub speaks only for itself': '它不替别的设备说话',
  'already registered': '已登记过',
  'another device in use has it': '另一台在用的设备已有这个地址',
  'a hub stays a hub, others never become one': '网关不能改成别的类型，别的设备也不能改成网关',
  'is needed before the device is in service': '投入使用前要先分配住户',
  'names no host': '没有写主机',
  'is no certificate in PEM form': '不是 PEM 格式的证书',
  'is no topic filter': '不是有效的 MQTT 主题',
  'must be an object': '要写成对象 { }',
  'must be a list': '要写成列表 [ ]',
  'must be text': '要写成文字',
  'must be a number': '要写成数字',
  'must not be empty': '不能为空',
  'The list is empty.': '表格是空的。',
  'The file is damaged, or not an XLSX file.': '文件损坏，或不是 XLSX 文件。',
  'This is the format of Excel before 2007. Save it as .xlsx or CSV.':
    '这是 2007 年以前的 Excel 格式。请另存为 .xlsx 或 CSV。',
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^is in row (\d+) as well$/, '与第 $1 行重复'],
  [/^and (\d+) more problems from here on$/, '从这里起还有 $1 处'],
  [/^is longer than (\d+) bytes$/, '超过 $1 字节'],
  [/^is not known here; known are (.+)$/, '这里不认识；可以写：$1'],
  [/^may have (\d+) characters$/, '最多 $1 个字符'],
  [/^may have (\d+) entries$/, '最多 $1 项'],
]

/** The sentence in the reader's language, as far as it is known. */
export function serverSays(sentence: string, language: Language): string {
  if (language === 'en') return sentence
  if (Object.hasOwn(SENTENCES, sentence)) return SENTENCES[sentence] ?? sentence
  const pattern = PATTERNS.find(([shape]) => shape.test(sentence))
  return pattern ? sentence.replace(pattern[0], pattern[1]) : sentence
}

/** Every English sentence that is translated. */
export const TRANSLATED: readonly string[] = Object.keys(SENTENCES)
