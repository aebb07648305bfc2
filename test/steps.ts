import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { failedTests } from './failures.ts'
import { runCommand } from './run-command.ts'
import { slowestFiles } from './slowest-files.ts'
import type { StepResult } from './summary.ts'
import { countReport, noTests } from './vitest-report.ts'

const twentyMinutes = 20 * 60_000
const fortyMinutes = 40 * 60_000
const reports = 'test-results'
const reportOf = (project: string): string => join(reports, `${project.replace('*', '')}.json`)

const program = (name: string): string => join('node_modules', '.bin', name)
const heading = (name: string, command: string): void => console.log(`\n── ${name}: ${command}`)

/** A command that passes or fails as a whole, and counts as one test. */
export async function commandStep(name: string, command: string, ...args: string[]): Promise<StepResult> {
  heading(name, [command, ...args].join(' '))
  const { isOk, seconds } = await runCommand(program(command), args, { timeoutMs: twentyMinutes })
  return { name, seconds, counts: isOk ? { ...noTests, passed: 1 } : { ...noTests, failed: 1 } }
}

/** All tests of one of vitest's projects, or of those that a pattern names. */
export async function vitestStep(name: string, project: string): Promise<StepResult> {
  const report = reportOf(project)
  await mkdir(reports, { recursive: true })
  // A report of an earlier run must not speak for this one.
  await rm(report, { force: true })
  const args = [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]
  heading(name, ['vitest', ...args].join(' '))
  const { isOk, seconds } = await runCommand(program('vitest'), args, { timeoutMs: fortyMinutes })
  return { name, seconds, counts: await countReport(report, isOk) }
}

/** The slowest files of the projects that ran, a line each; nothing where none did. */
export const slowest = (...projects: readonly string[]): Promise<string> =>
  slowestFiles(projects.map(reportOf))

/** What failed in the projects that ran, two lines each; nothing where nothing did. */
export const failures = (...projects: readonly string[]): Promise<string> =>
  failedTests(projects.map(reportOf))

/** Something that had to be done first went wrong: that is a failure too, and not a gap. */
export const notRun = (name: string, note: string): StepResult => ({
  name,
  note,
  seconds: 0,
  counts: { ...noTests, failed: 1 },
})
