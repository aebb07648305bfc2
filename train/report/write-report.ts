import { join } from 'node:path'
import { writeAtomically } from '../run/write-atomically.ts'
import type { StageContext } from '../stages/context.ts'
import { buildReport } from './build-report.ts'
import { gatherReport, type FinishedTraining } from './gather/gather-report.ts'

/** Writes `report.html` into the run folder, whole or not at all, and says where it is. */
export async function writeReport(context: StageContext, training: FinishedTraining): Promise<void> {
  const path = join(context.run.path, 'report.html')
  await writeAtomically(path, buildReport(await gatherReport(context, training)))
  context.progress.say(`Report: ${path}`)
}
