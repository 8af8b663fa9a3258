import { type PlannedHome, planHome } from '../../simulator/homes.ts'
import { elderName, youngName } from '../../simulator/people.ts'
import { createRandom, type Random } from '../../simulator/random.ts'
import { ACCESS, DIALECTS, HEALTH, type Health } from './vocabulary.ts'

export interface InventedContact {
  name: string
  relation: string
  /** Masked already: an invented number must not ring at somebody's. */
  phone: string
  note: string | null
}

/** Everything a responder would know of an invented household. */
export interface Household extends PlannedHome {
  homeId: string
  residentId: string
  /** GB/T 42195-2022, 0 able … 4 fully disabled */
  abilityLevel: number
  livesAlone: boolean
  dialect: string
  conditions: string[]
  medicines: string[]
  allergies: string[]
  /** What a responder must know first. */
  hazards: string[]
  access: string | null
  contacts: InventedContact[]
}

/** Ids of demonstration homes begin so. */
export const DEMO_PREFIX = 'demo-'

/**
 * Invents so many households; the same seed and day give the same ones, and a larger set begins with the smaller one.
 * @param now ms since the epoch
 */
export function inventHouseholds(homes: number, seed: number, now: number): Household[] {
  return Array.from({ length: homes }, (_, index) => inventHousehold(seed, index, now))
}

function inventHousehold(seed: number, index: number, now: number): Household {
  const number = String(index + 1).padStart(4, '0')
  const plan = planHome(seed, index, number, now)
  const random = createRandom(`${seed}/household/${index}`)
  const { birthDate } = plan.resident
  const age = (now - Date.parse(birthDate)) / (365.25 * 86_400_000)
  const health = drawHealth(random, age)
  const livesAlone = random.chance(0.6)
  const kind = dwelling(plan.address)
  return {
    ...plan,
    homeId: `${DEMO_PREFIX}home-${number}`,
    residentId: `${DEMO_PREFIX}resident-${number}`,
    abilityLevel: drawAbility(random, age, health),
    livesAlone,
    dialect: random.chance(0.85) ? (DIALECTS[plan.town.code.slice(0, 6)] ?? '赣语') : '普通话',
    conditions: health.map((item) => item.condition),
    medicines: distinct(health.flatMap((item) => item.medicines ?? [])),
    allergies: random.chance(0.25) ? [random.pick(['青霉素', '头孢类', '磺胺类', '海鲜', '碘造影剂'])] : [],
    hazards: distinct(health.flatMap((item) => item.hazards ?? [])),
    access: random.chance(0.9) ? random.pick(ACCESS[kind]) : null,
    contacts: inventContacts(random, plan, livesAlone),
  }
}

// The older, the more: from none or one condition at 65 to two or three at 90.
function drawHealth(random: Random, age: number): Health[] {
  const wanted = Math.min(4, Math.round(random.between(0.2, 2.2) + (age - 75) / 12))
  const drawn: Health[] = []
  for (let tries = 0; drawn.length < wanted && tries < 20; tries++) {
    const item = random.weighted(HEALTH)
    if (!drawn.includes(item)) drawn.push(item)
  }
  return drawn
}

function drawAbility(random: Random, age: number, health: readonly Health[]): number {
  const burden = health.reduce((sum, item) => sum + (item.burden ?? 0.3), 0)
  return Math.max(0, Math.min(4, Math.floor(random.between(-0.4, 1.6) + burden + Math.max(0, age - 75) / 10)))
}

const dwelling = (address: string) => (address.includes('栋') ? 'flat' : address.includes('组') ? 'village' : 'street')

function inventContacts(random: Random, { address, resident }: PlannedHome, livesAlone: boolean): InventedContact[] {
  const { gender, name: elder } = resident
  const contacts: InventedContact[] = []
  const add = (relation: string, name: string, note: string | null) =>
    contacts.push({ relation, name, phone: maskedPhone(random), note })
  const child = random.chance(0.5) ? 'female' : 'male'
  // Children bear the father's surname.
  const family = gender === 'male' ? elder.slice(0, 1) : undefined
  const away = random.chance(0.55)
  add(
    child === 'female' ? '女儿' : '儿子',
    youngName(random, child, family),
    away ? random.pick(['在浙江义乌务工', '在上海工作', '在南昌工作', '在广东东莞务工']) : '同县居住, 约 20 分钟到',
  )
  if (!livesAlone)
    add(
      '老伴',
      elderName(random, gender === 'male' ? 'female' : 'male'),
      random.pick(['同住', '同住, 听力不好, 请多响几声', '同住, 腿脚不便']),
    )
  if (random.chance(0.7)) {
    const neighbour = random.chance(0.5) ? 'female' : 'male'
    add('邻居', youngName(random, neighbour), random.pick(['有备用钥匙', '住对门', '住隔壁, 白天在家']))
  }
  const doctor = dwelling(address) === 'village' ? '村医' : '社区医生'
  if (random.chance(0.5)) add(doctor, youngName(random, 'male'), null)
  if (contacts.length < 2 || random.chance(0.4)) add('网格员', youngName(random, 'female'), '工作日 8:00–18:00')
  return contacts.slice(0, 4)
}

const maskedPhone = (random: Random) =>
  `${random.pick(['135', '136', '138', '139', '150', '151', '158', '187'])}****${String(random.integer(0, 9999)).padStart(4, '0')}`

const distinct = (items: readonly string[]) => [...new Set(items)]
