import { defineConfig } from 'vitest/config'

const shared = {
  setupFiles: ['test/support/no-outbound.ts'],
  pool: 'forks' as const,
  // why: a third of all the time went to loading the same modules for each file anew. None of them may keep a test's state.
  isolate: false,
  testTimeout: 30_000,
  hookTimeout: 30_000,
}

export default defineConfig({
  // Not in node_modules, which a sabotage run shares with the real tree.
  cacheDir: '.cache/vite',
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    maxWorkers: 2,
    allowOnly: false,
    projects: [
      {
        test: {
          ...shared,
          name: 'node',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'demo/**/*.test.ts', 'console/src/**/*.test.ts'],
          exclude: ['**/node_modules/**', 'test/browser/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // A browser wants the machine for itself: after all others, one file at a time.
        test: {
          ...shared,
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
