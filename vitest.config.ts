import { configDefaults, defineConfig, type UserProjectConfigExport } from 'vitest/config'

/** Suites that take minutes have a file of their own beside the short one that every change is tested with. */
const LONG = 'test/**/*.long.test.ts'
const isLong = process.env.SUITE === 'long'
const PAGES = 'test/browser/**'

interface Part {
  name: string
  include: string[]
  exclude?: string[]
  maxWorkers: number
  groupOrder: number
}

/** Parts run one after the other, in their order. */
function part({ name, include, exclude = [], maxWorkers, groupOrder }: Part): UserProjectConfigExport {
  return {
    test: {
      name,
      include: isLong ? include.map((pattern) => pattern.replace('.test.', '.long.test.')) : include,
      exclude: [...configDefaults.exclude, ...exclude, ...(isLong ? [] : [LONG])],
      maxWorkers,
      sequence: { groupOrder },
      // Modules are loaded once for each worker, not for each file: half of the time went there.
      isolate: false,
      testTimeout: 20_000,
      hookTimeout: 60_000,
      // A poll ends as soon as it is right; how long it may take depends on what else the machine does.
      expect: { poll: { timeout: 10_000 } },
      restoreMocks: true,
    },
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/cluster.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      // Two cores: more workers only make each other late.
      part({ name: 'system', include: ['test/**/*.test.ts'], exclude: [PAGES], maxWorkers: 2, groupOrder: 0 }),
      // A browser, the application and its database fill two cores by themselves.
      part({ name: 'pages', include: [`${PAGES}/*.test.ts`], maxWorkers: 1, groupOrder: 1 }),
    ],
  },
})
