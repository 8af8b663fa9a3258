import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type ApiClient, apiClient } from './app.ts'

/** Of the one account of these servers. */
export const SIGN_IN = { username: 'admin', password: 'process-admin-password' }

export interface ServerProcess {
  pid: number
  httpPort: number
  mqttPort: number
  watchPort: number
  pendantPort: number
  /** Ms from spawn to the ready line. */
  readyMs: number
  dataDir: string
  admin(): Promise<ApiClient>
  /** Resident memory of the node process in MB. */
  rssMb(): Promise<number>
  kill(signal: NodeJS.Signals): Promise<void>
}

export interface ServerProcessOptions {
  dataDir: string
  env?: Record<string, string>
  /** Told its pid at once: a start can be killed as well. */
  onSpawn?: (pid: number) => void
}

export const makeDataDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'anhu-server-'))
export const removeDataDir = (dataDir: string): Promise<void> => rm(dataDir, { recursive: true, force: true })

/** The built server as a process of its own, as in production. */
export async function startServer({ dataDir, env = {}, onSpawn }: ServerProcessOptions): Promise<ServerProcess> {
  const began = performance.now()
  const child = spawn(process.execPath, ['--max-semi-space-size=64', 'dist/server/main.js'], {
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      HTTP_PORT: '0',
      MQTT_PORT: '0',
      WATCH_PORT: '0',
      PENDANT_PORT: '0',
      DATA_DIR: dataDir,
      ADMIN_PASSWORD: SIGN_IN.password,
      // Its signals would be counted among those of the test.
      SELF_TEST: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.pid !== undefined) onSpawn?.(child.pid)
  const { http, mqtt, watch, pendant } = await readyLine(child)
  const readyMs = performance.now() - began
  const pid = child.pid ?? 0
  return {
    pid,
    httpPort: http,
    mqttPort: mqtt,
    watchPort: watch,
    pendantPort: pendant,
    readyMs,
    dataDir,
    admin: async () => {
      const base = `http://127.0.0.1:${http}`
      const { status, headers } = await apiClient(base, '').post('/session', SIGN_IN)
      if (status !== 200) throw new Error(`sign-in answered ${status}`)
      return apiClient(base, headers.get('set-cookie')?.split(';')[0] ?? '')
    },
    rssMb: async () => {
      const kb = /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
      return Number(kb) / 1024
    },
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill(signal)
      await once(child, 'exit')
    },
  }
}

async function readyLine(child: ChildProcess): Promise<{ http: number; mqtt: number; watch: number; pendant: number }> {
  if (!child.stdout) throw new Error('the server has no standard output')
  const lines = createInterface({ input: child.stdout })
  return new Promise((resolve, reject) => {
    lines.on('line', (line) => {
      if (process.env.TEST_LOG) process.stderr.write(`${line}\n`)
      if (line.startsWith('{') && line.includes('"msg":"ready"')) resolve(JSON.parse(line))
    })
    child.once('exit', (code) => reject(new Error(`the server ended with ${code} before it was ready`)))
  })
}

/** Registers devices, each with a resident of its own, and returns their credentials. */
export async function registerDevices(
  admin: ApiClient,
  count: number,
  prefix: string,
): Promise<{ deviceId: string; secret: string; residentId: string }[]> {
  const ids = Array.from({ length: count }, (_, n) => `${prefix}-${String(n).padStart(5, '0')}`)
  const made: { deviceId: string; secret: string; residentId: string }[] = []
  const worker = async () => {
    for (let deviceId = ids.pop(); deviceId !== undefined; deviceId = ids.pop()) {
      const resident = await admin.post<{ residentId: string }>('/residents', { name: `测试 ${deviceId}` })
      const { residentId } = resident.body
      const device = await admin.post<{ secret: string }>('/devices', {
        deviceId,
        kind: 'sos_button',
        protocol: 'native',
        residentId,
      })
      if (device.status !== 201) throw new Error(`device ${deviceId}: ${device.status} ${JSON.stringify(device.body)}`)
      made.push({ deviceId, secret: device.body.secret, residentId })
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return made
}
