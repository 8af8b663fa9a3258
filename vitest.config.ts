import { configDefaults, defineConfig } from 'vitest/config'

/** Suites that take minutes have a file of their own beside the short one that every change is tested with. */
const LONG = 'test/**/*.long.test.ts'
const isLong = process.env.SUITE === 'long'

export default defineConfig({
  test: {
    include: isLong ? [LONG] : ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    exclude: [...configDefaults.exclude, ...(isLong ? [] : [LONG])],
    globalSetup: ['test/support/cluster.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // Two cores: more workers only make each other late.
    maxWorkers: 2,
    // Modules are loaded once for each worker, not for each file: half of the time went there.
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A poll ends as soon as it is right; how long it may take depends on what else the machine does.
    expect: { poll: { timeout: 10_000 } },
    restoreMocks: true,
  },
})
