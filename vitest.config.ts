import { availableParallelism } from 'node:os'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { findChromium } from './test/find-chromium.ts'
import { pixelZoo } from './test/pixel-zoo/command.ts'
import { isolation } from './web/build/isolation.ts'
import { kernelThreadAlias } from './web/build/kernel-thread.ts'

const launchOptions = {
  executablePath: findChromium(),
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
}

/**
 * Nothing hangs on how fast a machine is: what is to happen is waited for (`test/patience.ts` has the same
 * for `vi.waitFor`).
 */
const patient = { setupFiles: ['test/patience.ts'], expect: { poll: { timeout: 30_000 } } }

const inBrowser = (name: string, include: string[], testTimeout: number): TestProjectInlineConfiguration => ({
  optimizeDeps: {
    include: [
      'idb',
      'zod',
      'canonicalize',
      '@noble/ed25519',
      '@noble/hashes/sha2.js',
      '@noble/hashes/utils.js',
      '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js',
    ],
  },
  resolve: { alias: kernelThreadAlias() },
  // Without them there is no shared memory, and so no threads.
  server: { headers: isolation },
  test: {
    name,
    include,
    testTimeout,
    ...patient,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions }),
      // What a test in the browser has done outside it.
      commands: { pixelZoo },
      instances: [{ browser: 'chromium' }],
    },
  },
})

/**
 * Files that leave nothing behind share a process, and most of their time is saved. An engine, a decoder or a
 * backend keeps a state of its own in a process: what trains or infers there stays apart. What imports the
 * edge's decoder, which takes most formats from sharp, shares a process with its like alone.
 */
const sharing = {
  pure: [
    '{core,web,test}/**/*.test.ts',
    'bench/{cold-start,edge,harness,network,readme}/**/*.test.ts',
    'train/{calibration,class-pictures,config,data,experiments,report,signing}/**/*.test.ts',
    'bench/{replay/!(run-replay),strategies/!(plan-runs)}.test.ts',
    'train/{run/!(open-bundle),stages/!(early-stop|take-full|train-within-data)}.test.ts',
  ],
  edge: [
    'edge/{access,bundles,deploy,frames,http,inference,learning,log,routes,settings}/**/*.test.ts',
    'edge/{app,greeting,qr-code}.test.ts',
  ],
} as const

interface NodeTests {
  readonly include: readonly string[]
  readonly exclude?: readonly string[]
  readonly isolate?: boolean
}

const inNode = (
  name: string,
  { include, exclude = [], isolate = true }: NodeTests,
): TestProjectInlineConfiguration => ({
  test: {
    name,
    isolate,
    include: [...include],
    exclude: ['**/*.browser.test.ts', '**/*.long.test.ts', 'web/e2e/**', ...exclude],
    ...patient,
    setupFiles: [...patient.setupFiles, 'test/fast-check-seed.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Many of them wait for processes that they have started: one worker more than there are cores.
    maxWorkers: availableParallelism() + 1,
  },
})

/**
 * What needs only Node, what needs a browser's own APIs, and the story on the built product; what is long
 * runs by itself (`npm run test:long`).
 */
export default defineConfig({
  test: {
    projects: [
      inNode('node', {
        include: ['{edge,kernels,onnx,train,bench}/**/*.test.ts'],
        exclude: Object.values(sharing).flat(),
      }),
      inNode('node-pure', { include: sharing.pure, isolate: false }),
      inNode('node-edge', { include: sharing.edge, isolate: false }),
      {
        test: {
          name: 'long',
          ...patient,
          include: ['{core,edge,train,bench,test}/**/*.long.test.ts', 'web/e2e/**/*.long.spec.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
      inBrowser('browser', ['web/**/*.browser.test.ts', 'core/**/*.browser.test.ts'], 60_000),
      inBrowser('browser-long', ['web/**/*.browser.long.test.ts'], 900_000),
      {
        test: {
          name: 'e2e',
          ...patient,
          include: ['web/e2e/**/*.spec.ts'],
          exclude: ['**/*.long.spec.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          // Each file has browsers, edges and ports of its own; more side by side make one another late.
          maxWorkers: 2,
        },
      },
    ],
  },
})
