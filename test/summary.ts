import type { Counts } from './vitest-report.ts'

export interface StepResult {
  readonly name: string
  readonly counts: Counts
  readonly seconds: number
  /** Why the step was not run, where it was not. */
  readonly note?: string
}

export const isOk = ({ counts }: StepResult): boolean => counts.failed === 0

/** One line a step: name, outcome, seconds, counts. */
export function summaryTable(steps: readonly StepResult[]): string {
  const width = Math.max(...steps.map(({ name }) => name.length))
  return steps
    .map((step) => {
      const { passed, failed, skipped } = step.counts
      const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
      return `  ${step.name.padEnd(width)}  ${isOk(step) ? 'ok    ' : 'FAILED'}  ${step.seconds.toFixed(1).padStart(6)} s  ${step.note ?? counts}`
    })
    .join('\n')
}

/** How long a whole run took. Steps that ran side by side are in it once. */
export function tookLine(seconds: number): string {
  const whole = Math.round(seconds)
  return `All of it took ${Math.floor(whole / 60)} min ${whole % 60} s.`
}

/** The last line of a test run: `N passed, N failed`, and `, N skipped` only if any. */
export function totalLine(steps: readonly StepResult[]): string {
  const total = (part: keyof Counts): number => steps.reduce((sum, { counts }) => sum + counts[part], 0)
  const skipped = total('skipped')
  return `${total('passed')} passed, ${total('failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
