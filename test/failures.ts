import { relative } from 'node:path'
import { z } from 'zod'
import { readReport } from './read-report.ts'

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          status: z.string(),
          fullName: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

export interface Failure {
  /** Below the project's folder. */
  readonly file: string
  /** The test's full title; empty where the file itself failed. */
  readonly test: string
  /** The first line of what was thrown. */
  readonly reason: string
}

const firstLine = (text: string | undefined): string => (text ?? '').trim().split('\n')[0] ?? ''

/** What failed in vitest's reports: each test, and each file that failed without one (it did not load). */
export function failuresOf(reports: readonly unknown[], root: string): Failure[] {
  return reports
    .flatMap((report) => reportSchema.safeParse(report).data?.testResults ?? [])
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(root, name)
      const failed = assertionResults.filter(({ status }) => status === 'failed')
      if (failed.length === 0) return [{ file, test: '', reason: firstLine(message) }]
      return failed.map(({ fullName, failureMessages }) => ({
        file,
        test: fullName,
        reason: firstLine(failureMessages?.[0]),
      }))
    })
}

/** As `failuresOf`, from the files: two lines each, so that the end of a long log says what failed. */
export async function failedTests(paths: readonly string[]): Promise<string> {
  return failuresOf(await Promise.all(paths.map(readReport)), process.cwd())
    .map(({ file, test, reason }) => `  ${file}${test === '' ? '' : ` > ${test}`}\n    ${reason}`)
    .join('\n')
}
