import Type, { type Static } from 'typebox'

/**
 * What can be asked of a device. The first five tell the resident how far help has come; `closed` also ends an alarm that
 * the device shows or sounds.
 */
export const FEEDBACK_TYPES = ['received', 'answered', 'dispatched', 'arrived', 'closed'] as const
export type FeedbackType = (typeof FEEDBACK_TYPES)[number]
export const COMMAND_TYPES = [...FEEDBACK_TYPES, 'locate', 'sound', 'message', 'config'] as const
export type CommandType = (typeof COMMAND_TYPES)[number]

/** Arguments by type; a type that isn't here has none. */
export const CommandArguments = Type.Object(
  {
    text: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'message: shown or read aloud' })),
    seconds: Type.Optional(Type.Integer({ minimum: 1, maximum: 120, description: 'sound: how long' })),
    intervalSeconds: Type.Optional(
      Type.Integer({ minimum: 10, maximum: 86_400, description: 'config: time between two reports' }),
    ),
    sosNumbers: Type.Optional(
      Type.Array(Type.String({ pattern: '^\\+?[0-9]{3,20}$' }), {
        minItems: 1,
        maxItems: 3,
        description: 'config: numbers that the device dials on an SOS',
      }),
    ),
    fallDetection: Type.Optional(Type.Boolean({ description: 'config: whether the device watches for falls' })),
    fallSensitivity: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 8, description: 'config: 1 the least sensitive … 8' }),
    ),
    removalAlarm: Type.Optional(Type.Boolean({ description: 'config: alarm when it is taken off' })),
    fence: Type.Optional(
      Type.Object(
        {
          name: Type.String({ minLength: 1, maxLength: 40 }),
          lat: Type.Number({ minimum: -90, maximum: 90, description: 'WGS-84 degrees' }),
          lon: Type.Number({ minimum: -180, maximum: 180, description: 'WGS-84 degrees' }),
          radius: Type.Number({ minimum: 20, maximum: 50_000, description: 'm' }),
        },
        { description: 'config: the fence that the device itself watches, around the home' },
      ),
    ),
  },
  { additionalProperties: false },
)
export type CommandArguments = Static<typeof CommandArguments>

/** One command on its way to a device. */
export interface DeviceCommand {
  commandId: string
  type: CommandType
  args: CommandArguments
  /** Feedback: the case it is about, so that a device does not take it for a later call's. */
  caseId?: string | null
  /** `received`: the device's own message id of the call that was stored. */
  eventId?: string | null
}

/**
 * queued → sent (taken by the device or its hub) → replied; or expired, or unsupported. A command may be sent more than
 * once; devices tell repetitions by the id where their protocol has one.
 */
export const COMMAND_STATES = ['queued', 'sent', 'replied', 'expired', 'unsupported'] as const
export type CommandState = (typeof COMMAND_STATES)[number]
