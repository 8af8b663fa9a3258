import { createHmac } from 'node:crypto'
import type { IceServer } from '../contract/voice.ts'

/** How desks and terminals find a way to each other. */
export interface IceConfig {
  servers: readonly IceServer[]
  turn: { urls: readonly string[]; username: string | null; credential: string | null; secret: string | null } | null
}

/** A credential made for one call lasts longer than any call. */
const CREDENTIAL_SECONDS = 6 * 3600

/**
 * The servers for one side of one call. With a shared secret each gets a login of its own that runs out ("A REST API for
 * access to TURN services", draft-uberti-behave-turn-rest-00, as coturn's `use-auth-secret` has it).
 * @param name tells the logins apart in the TURN server's log: a call's id
 * @param now ms since the epoch
 */
export function iceServers({ servers, turn }: IceConfig, name: string, now: number): IceServer[] {
  if (turn === null) return [...servers]
  const urls = [...turn.urls]
  if (turn.secret === null) {
    const login =
      turn.username === null || turn.credential === null ? {} : { username: turn.username, credential: turn.credential }
    return [...servers, { urls, ...login }]
  }
  const username = `${Math.floor(now / 1000) + CREDENTIAL_SECONDS}:${name}`
  const credential = createHmac('sha1', turn.secret).update(username).digest('base64')
  return [...servers, { urls, username, credential }]
}
