import Type from 'typebox'
import { Page, PageQuery } from '../../contract/api.ts'
import {
  AreaView,
  DutyLogLine,
  DutyLogQuery,
  DutyView,
  MutedReport,
  ProfileChange,
  ProfileView,
  ShiftFigures,
  StatusChange,
} from '../../contract/desk.ts'
import { DeskSettingsChange, DeskSettingsLine, DeskSettingsView } from '../../contract/desk-settings.ts'
import { Problem } from '../../contract/errors.ts'
import { dutyOf, listDuty, listDutyLog, setMuted, setStatus } from '../../desk/duty.ts'
import { changeProfile, listProfiles, profileOf } from '../../desk/profiles.ts'
import { changeDeskSettings, deskSettings, deskSettingsHistory, deskSettingsView } from '../../desk/settings.ts'
import { listAreas, shiftFigures } from '../../desk/shift.ts'
import { audited } from '../../org/audit.ts'
import { currentUser } from '../auth.ts'
import type { Api, HttpDeps } from '../deps.ts'

const UserParams = Type.Object({ userId: Type.String({ format: 'uuid' }) })
const Items = <T extends Type.TSchema>(item: T) => Type.Object({ items: Type.Array(item) })

/** Who is on duty, what operators can do, and how cases are distributed. */
export async function deskRoutes(api: Api, { db, clock, desk }: HttpDeps): Promise<void> {
  const mine = async (userId: string) => dutyOf(db, userId, (await deskSettings(db)).away.awaySeconds, clock.now())

  api.get(
    '/desk/duty',
    { schema: { tags: ['desk'], summary: 'Everybody who may be on duty', response: { 200: Items(DutyView) } } },
    async () => ({ items: await listDuty(db, (await deskSettings(db)).away.awaySeconds, clock.now()) }),
  )

  api.get(
    '/desk/duty/log',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['desk'],
        summary: 'Who changed status when, newest first',
        querystring: DutyLogQuery,
        response: { 200: Page(DutyLogLine), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => listDutyLog(db, { limit, ...rest }),
  )

  api.post(
    '/desk/status',
    {
      schema: {
        tags: ['desk'],
        summary: 'Change the own status; a shift begins with ready',
        body: StatusChange,
        response: { 200: DutyView, 400: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { userId } = currentUser(request)
      const { status, reason } = request.body
      const now = clock.now()
      const command = { userId, status, actorId: userId, reason: reason?.trim() || null }
      await db.transaction().execute((tx) => setStatus(tx, command, now))
      desk.wake()
      return mine(userId)
    },
  )

  api.post(
    '/desk/muted',
    {
      schema: {
        tags: ['desk'],
        summary: 'A desk says whether it rings',
        body: MutedReport,
        response: { 200: DutyView, 400: Problem },
      },
    },
    async (request) => {
      const { userId } = currentUser(request)
      await db.transaction().execute((tx) => setMuted(tx, userId, request.body.muted, clock.now()))
      return mine(userId)
    },
  )

  api.get(
    '/desk/profiles',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['desk'],
        summary: 'What operators can do',
        response: { 200: Items(ProfileView), 403: Problem },
      },
    },
    async () => ({ items: await listProfiles(db) }),
  )

  api.get(
    '/desk/profile',
    { schema: { tags: ['desk'], summary: 'The own profile', response: { 200: ProfileView } } },
    async (request) => profileOf(db, currentUser(request).userId),
  )

  api.get(
    '/desk/shift',
    { schema: { tags: ['desk'], summary: 'The own figures of today', response: { 200: ShiftFigures } } },
    async (request) => shiftFigures(db, currentUser(request).userId, clock.now()),
  )

  api.get(
    '/desk/areas',
    { schema: { tags: ['desk'], summary: 'Areas that a profile may name', response: { 200: Items(AreaView) } } },
    async () => ({ items: await listAreas(db) }),
  )

  api.put(
    '/desk/profiles/:userId',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['desk'],
        summary: 'Set what an operator can do',
        params: UserParams,
        body: ProfileChange,
        response: { 200: ProfileView, 400: Problem, 403: Problem, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { userId } = request.params
      const by = { userId: currentUser(request).userId, now: clock.now() }
      await audited(
        db,
        { userId: by.userId, action: 'desk.profile' },
        by.now,
        (tx) => changeProfile(tx, userId, request.body, by),
        () => userId,
      )
      desk.wake()
      return profileOf(db, userId)
    },
  )

  api.get(
    '/desk/settings',
    {
      schema: {
        tags: ['desk'],
        summary: 'How cases are distributed and when they count as late',
        response: { 200: DeskSettingsView },
      },
    },
    async () => deskSettingsView(db),
  )

  api.get(
    '/desk/settings/history',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['desk'],
        summary: 'What was in force, newest first',
        querystring: PageQuery,
        response: { 200: Page(DeskSettingsLine), 400: Problem, 403: Problem },
      },
    },
    async ({ query: { limit = 100, ...rest } }) => deskSettingsHistory(db, { limit, ...rest }),
  )

  api.put(
    '/desk/settings',
    {
      config: { allow: 'supervisor' },
      schema: {
        tags: ['desk'],
        summary: 'Set all of it anew',
        body: DeskSettingsChange,
        response: { 200: DeskSettingsView, 400: Problem, 403: Problem, 409: Problem },
      },
    },
    async (request) => {
      const by = { userId: currentUser(request).userId, now: clock.now() }
      await audited(
        db,
        { userId: by.userId, action: 'desk.settings' },
        by.now,
        (tx) => changeDeskSettings(tx, request.body, by),
        String,
      )
      desk.wake()
      return deskSettingsView(db)
    },
  )
}
