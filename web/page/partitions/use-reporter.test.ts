import { expect, it } from 'vitest'
import { createUseReporter } from './use-reporter.ts'

it('reports a switch at once, and anything else at most once a second', () => {
  const reported: string[] = []
  let nowMs = 0
  const report = createUseReporter(
    (sha256) => void reported.push(`${sha256}@${nowMs}`),
    () => nowMs,
  )
  for (const [at, sha256] of [
    [0, 'a'],
    [40, 'a'],
    [80, 'b'],
    [120, 'a'],
    [160, 'a'],
    [1_119, 'a'],
    [1_120, 'a'],
    [1_200, 'a'],
  ] as const) {
    nowMs = at
    report(sha256)
  }
  expect(reported).toEqual(['a@0', 'b@80', 'a@120', 'a@1120'])
})
