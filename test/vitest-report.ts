import { z } from 'zod'
import { readReport } from './read-report.ts'

const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int().default(0),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
})

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export const noTests: Counts = { passed: 0, failed: 0, skipped: 0 }

/**
 * Counts of a report that vitest's JSON reporter wrote. A file that failed without a failed test (it did not
 * load, or a hook failed) counts as one failed, and so does a run that ended badly although every test passed
 * (an unhandled error).
 */
export function countTests(report: unknown, isRunOk: boolean): Counts {
  const parsed = reportSchema.safeParse(report)
  if (!parsed.success) return { ...noTests, failed: 1 }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = parsed.data
  const brokenFiles = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  )
  const failed = numFailedTests + brokenFiles.length
  return {
    passed: numPassedTests,
    failed: failed === 0 && !isRunOk ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  }
}

/** As `countTests`, from the file; one failed where there is none to be read. */
export async function countReport(path: string, isRunOk: boolean): Promise<Counts> {
  return countTests(await readReport(path), isRunOk)
}
