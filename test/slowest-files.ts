import { relative } from 'node:path'
import { z } from 'zod'
import { readReport } from './read-report.ts'

const reportSchema = z.object({
  testResults: z.array(z.object({ name: z.string(), startTime: z.number(), endTime: z.number() })),
})

export interface FileTime {
  /** Below the project's folder. */
  readonly name: string
  readonly seconds: number
}

/** Files of vitest's reports by the time from their first test to their last, the slowest first. */
export function slowestOf(reports: readonly unknown[], most: number, root: string): FileTime[] {
  return reports
    .flatMap((report) => reportSchema.safeParse(report).data?.testResults ?? [])
    .map(({ name, startTime, endTime }) => ({
      name: relative(root, name),
      seconds: (endTime - startTime) / 1000,
    }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, most)
}

/** As `slowestOf`, a line each, from the files; a report that cannot be read adds nothing. */
export async function slowestFiles(paths: readonly string[], most = 10): Promise<string> {
  const reports = await Promise.all(paths.map(readReport))
  return slowestOf(reports, most, process.cwd())
    .map(({ name, seconds }) => `  ${seconds.toFixed(1).padStart(6)} s  ${name}`)
    .join('\n')
}
