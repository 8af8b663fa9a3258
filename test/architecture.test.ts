import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

let folder = ''
afterEach(() => rm(folder, { recursive: true, force: true }))

/** The boundary check on a small tree made of `[importing file, imported file]`. */
async function check(imports: readonly (readonly [string, string])[]): Promise<{ code: number; output: string }> {
  folder = await mkdtemp(join(tmpdir(), 'anhu-boundaries-'))
  for (const [from, to] of imports) {
    const up = '../'.repeat(from.split('/').length - 1)
    await write(from, `import { x } from '${up}${to}'\nexport const y = x\n`)
    await write(to, 'export const x = 1\n')
  }
  for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json', 'node_modules', 'package.json']) {
    await symlink(join(process.cwd(), name), join(folder, name))
  }
  const program = join(process.cwd(), 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const args = [
    program,
    '--config',
    '.dependency-cruiser.cjs',
    ...new Set(imports.map(([from]) => from.split('/')[0] ?? '')),
  ]
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: folder }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr })
    })
  })
}

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true })
  await writeFile(join(folder, name), text)
}

test('the boundary check finds wrong imports', async () => {
  const { code, output } = await check([
    ['gateway/x.ts', 'server/cases/service.ts'],
    ['server/contract/x.ts', 'server/store/db.ts'],
    ['server/detect/x.ts', 'server/store/a.ts'],
    ['dashboard/x.ts', 'server/http/server.ts'],
    ['server/app.ts', 'test/support/app.ts'],
  ])
  const found = [...output.matchAll(/error ([\w-]+): (\S+)/g)].map(([, rule, file]) => `${rule} ${file}`)
  expect(found.sort()).toEqual([
    'dashboard-imports dashboard/x.ts',
    'gateway-imports gateway/x.ts',
    'not-to-tests server/app.ts',
    'server-contract-imports server/contract/x.ts',
    'server-detect-imports server/detect/x.ts',
  ])
  expect(code).toBe(5)
})

test('it passes an allowed import, and says that it looked at it', async () => {
  const { code, output } = await check([['server/intake/x.ts', 'server/detect/y.ts']])
  expect(output).toMatch(/2 modules, 1 dependencies/)
  expect(code).toBe(0)
})
