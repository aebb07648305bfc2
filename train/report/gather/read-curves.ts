import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { TrainingCurve } from '../report-data.ts'

/** More than a picture of this width can show. */
const mostPoints = 240

const entrySchema = z.object({
  stage: z.string(),
  step: z.int(),
  epoch: z.number(),
  loss: z.number(),
  accuracy: z.number(),
})
type Entry = z.infer<typeof entrySchema>

function parseLine(line: string): Entry[] {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(line))
    return parsed.success ? [parsed.data] : []
  } catch {
    // The last line of a run that was killed may be cut short.
    return []
  }
}

/** Means of neighbouring points, so that at most `most` are left: noise of single batches is no news. */
function thin(entries: readonly Entry[], most: number): Entry[] {
  const each = Math.ceil(entries.length / most)
  return Array.from({ length: Math.ceil(entries.length / each) }, (_, group) => {
    const members = entries.slice(group * each, (group + 1) * each)
    const meanOf = (field: 'loss' | 'accuracy'): number =>
      members.reduce((sum, entry) => sum + entry[field], 0) / members.length
    return { ...members[members.length - 1]!, loss: meanOf('loss'), accuracy: meanOf('accuracy') }
  })
}

/**
 * Curves by network, in the order in which training came to them. A run that was stopped writes some steps
 * twice: the later one counts.
 *
 * @param jsonl `{"stage","step","epoch","loss","accuracy"}` a line; anything else is passed over
 */
export function parseCurves(jsonl: string): TrainingCurve[] {
  const byNetwork = new Map<string, Map<number, Entry>>()
  for (const entry of jsonl.split('\n').flatMap(parseLine)) {
    const steps = byNetwork.get(entry.stage) ?? new Map<number, Entry>()
    byNetwork.set(entry.stage, steps.set(entry.step, entry))
  }
  return [...byNetwork].map(([network, steps]) => ({
    network,
    points: thin(
      [...steps.values()].sort((a, b) => a.step - b.step),
      mostPoints,
    ).map(({ step, epoch, loss, accuracy }) => ({ step, epoch, loss, accuracy })),
  }))
}

/** Of a run whose `metrics.jsonl` is missing: none. */
export const readCurves = async (runPath: string): Promise<TrainingCurve[]> =>
  parseCurves(await readFile(join(runPath, 'metrics.jsonl'), 'utf8').catch(() => ''))
