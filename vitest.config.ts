import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/support/cluster.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // Two cores: more workers only make each other late.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // A poll ends as soon as it is right; how long it may take depends on what else the machine does.
    expect: { poll: { timeout: 10_000 } },
    restoreMocks: true,
  },
})
