import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { findChromium } from './test/find-chromium.ts'

const launchOptions = {
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
}

/** Three projects: what needs only Node, what needs a browser's own APIs, and the story on the built product. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['{core,edge,train,bench,test}/**/*.test.ts', 'web/**/*.test.ts'],
          exclude: ['**/*.browser.test.ts', 'web/e2e/**'],
          setupFiles: ['test/fast-check-seed.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        optimizeDeps: { include: ['idb', 'zod'] },
        test: {
          name: 'browser',
          include: ['web/**/*.browser.test.ts', 'core/**/*.browser.test.ts'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['web/e2e/**/*.spec.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
