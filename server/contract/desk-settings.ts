import Type, { type Static } from 'typebox'
import type { CaseCategory } from './case.ts'

/** What the distribution of cases and the queue go by. Units are in the names. The defaults are this project's own. */

const Timestamp = Type.String({ format: 'date-time' })
const Nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()])
const seconds = (description: string, minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, description })

const ByCategory = <T extends Type.TSchema>(value: T) =>
  Type.Object({ emergency: value, help: value, care: value, fault: value })

const Ageing = Type.Object({
  amberSeconds: seconds('A waiting case of this age is at risk', 1, 30 * 86_400),
  redSeconds: seconds('… and overdue', 2, 60 * 86_400),
})

export const DeskSettings = Type.Object({
  distribution: Type.Object({
    on: Type.Boolean({
      description: 'Waiting cases are offered to operators; otherwise everybody picks from the queue',
    }),
    remindSeconds: seconds('A desk that has not reacted by then is reminded', 1, 600),
    passSeconds: seconds('… and by then passed over', 2, 1800),
    relaxSkillSeconds: seconds('A case waits so long for an operator of its category; an emergency never', 0, 86_400),
    relaxDialectSeconds: seconds("… of the resident's dialect; an emergency never", 0, 86_400),
    relaxAreaSeconds: seconds('… of the area; an emergency never', 0, 86_400),
    followMinutes: Type.Integer({
      minimum: 0,
      maximum: 1440,
      description: "A resident's new case goes first to whoever had the last one, if that ended so lately",
    }),
    againSeconds: ByCategory(seconds('When all were passed over: pause before it is offered around again', 0, 86_400)),
  }),
  away: Type.Object({
    awaySeconds: seconds('On duty without a connected desk for so long: away', 10, 3600),
    offMinutes: Type.Integer({ minimum: 5, maximum: 1440, description: '… and so long: the shift is ended' }),
  }),
  ageing: ByCategory(Ageing),
})
export type DeskSettings = Static<typeof DeskSettings>

const MINUTE = 60
const HOUR = 3600
export const DESK_DEFAULTS: DeskSettings = {
  distribution: {
    on: true,
    remindSeconds: 5,
    passSeconds: 15,
    relaxSkillSeconds: 20,
    relaxDialectSeconds: 10,
    relaxAreaSeconds: 10,
    followMinutes: 30,
    againSeconds: { emergency: 0, help: 30, care: 2 * MINUTE, fault: 10 * MINUTE },
  },
  away: { awaySeconds: 60, offMinutes: 30 },
  ageing: {
    // 60 s: the centres' indicator (TSA: 97.5 % answered within 60 s); 15 s: NENA-STA-020.
    emergency: { amberSeconds: 15, redSeconds: 60 },
    help: { amberSeconds: 60, redSeconds: 180 },
    care: { amberSeconds: 10 * MINUTE, redSeconds: 30 * MINUTE },
    fault: { amberSeconds: 8 * HOUR, redSeconds: 24 * HOUR },
  },
}

/** Fields that contradict one another, with the reason; empty when all is well. */
export function deskContradictions({ distribution, ageing }: DeskSettings): { field: string; message: string }[] {
  const late = distribution.passSeconds <= distribution.remindSeconds
  const categories = Object.keys(ageing) as CaseCategory[]
  return [
    ...(late ? [{ field: 'distribution.passSeconds', message: 'must be later than remindSeconds' }] : []),
    ...categories
      .filter((category) => ageing[category].redSeconds <= ageing[category].amberSeconds)
      .map((category) => ({ field: `ageing.${category}.redSeconds`, message: 'must be later than amberSeconds' })),
  ]
}

/** `GET /desk/settings` */
export const DeskSettingsView = Type.Object({
  version: Type.Integer({ description: '0 while nobody has set anything' }),
  settings: DeskSettings,
  defaults: DeskSettings,
  at: Nullable(Timestamp),
  by: Nullable(Type.String()),
  note: Nullable(Type.String()),
})
export type DeskSettingsView = Static<typeof DeskSettingsView>

/** `PUT /desk/settings` */
export const DeskSettingsChange = Type.Object({
  version: Type.Integer({ minimum: 0, description: 'The one that was looked at; a stale one is refused' }),
  settings: DeskSettings,
  note: Type.Optional(Type.String({ maxLength: 200, description: 'Why' })),
})
export type DeskSettingsChange = Static<typeof DeskSettingsChange>

export const DeskSettingsLine = Type.Object({
  version: Type.Integer(),
  settings: DeskSettings,
  at: Timestamp,
  by: Nullable(Type.String()),
  note: Nullable(Type.String()),
})
export type DeskSettingsLine = Static<typeof DeskSettingsLine>
