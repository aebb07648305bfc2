import { fileURLToPath } from 'node:url'
import { endAtFlags } from '../core/command-line/answer-to-flags.ts'
import { ensureChromium } from './ensure-chromium.ts'
import { commandStep, failures, notRun, slowest, vitestStep } from './steps.ts'
import { isOk, summaryTable, tookLine, totalLine, type StepResult } from './summary.ts'

// `npm test`: everything, in order. A step that fails does not hide the ones behind it.

endAtFlags(
  process,
  'npm test',
  'Types, lint, build, its size, unit tests, browser tests, end-to-end tests: everything that is tested.\n' +
    'One file of them: npx vitest run --project "node*" FILE.',
)

/** What has not changed since it was found well formatted is not looked at again. */
const formatFlags = ['--check', '--cache', '--cache-strategy', 'content', '--log-level', 'warn']

const startedAt = performance.now()
process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const withoutBrowser = await ensureChromium().then(
  () => undefined,
  (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown)),
)
if (withoutBrowser !== undefined) console.error(withoutBrowser)

const steps: StepResult[] = []
// Side by side: each keeps one core busy, and neither writes what the other reads.
steps.push(
  ...(await Promise.all([
    commandStep('typecheck', 'tsc', '-b'),
    commandStep('lint', 'eslint', '.'),
    commandStep('format', 'prettier', ...formatFlags, '.'),
  ])),
)
const build = await commandStep('build', 'vite', 'build')
steps.push(build)
// What a phone has to load before its first answer; the limits are in package.json.
steps.push(
  isOk(build) ? await commandStep('sizes', 'size-limit') : notRun('sizes', 'not run: the build failed'),
)
steps.push(await vitestStep('node tests', 'node*'))
if (withoutBrowser !== undefined) {
  steps.push(
    notRun('browser tests', 'not run: no Chromium'),
    notRun('end-to-end tests', 'not run: no Chromium'),
  )
} else {
  steps.push(await vitestStep('browser tests', 'browser'))
  steps.push(
    isOk(build)
      ? await vitestStep('end-to-end tests', 'e2e')
      : notRun('end-to-end tests', 'not run: the build failed'),
  )
}

const played = [
  'node*',
  ...(withoutBrowser === undefined ? ['browser', ...(isOk(build) ? ['e2e'] : [])] : []),
]
console.log(`\nThe slowest files:\n${await slowest(...played)}`)
const failed = await failures(...played)
if (failed !== '') console.log(`\nWhat failed:\n${failed}`)
console.log(`\n${summaryTable(steps)}\n\n${tookLine((performance.now() - startedAt) / 1000)}\n`)
if (withoutBrowser !== undefined) console.log(`${withoutBrowser}\n`)
console.log(totalLine(steps))
process.exitCode = steps.every(isOk) ? 0 : 1
