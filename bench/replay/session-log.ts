import { z } from 'zod'
import { CacheNetError } from '../../core/wire/errors.ts'

const count = z.int().nonnegative()
const milliseconds = z.number().nonnegative()

const frameSchema = z.object({
  index: count,
  name: z.string(),
  trueLabel: z.string().nullable(),
  label: z.string(),
  entropyNats: z.number().nonnegative(),
  outcome: z.enum(['hit', 'miss', 'uncertain']),
  network: z.string(),
  answeredBy: z.enum(['device', 'edge']),
  latencyMs: milliseconds,
  localLatencyMs: milliseconds,
  switchedTo: z.string().nullable(),
  bytesUp: count,
  bytesDown: count,
})
export type LoggedFrame = z.infer<typeof frameSchema>

/** The session log as the page exports it; whatever else it says is kept. */
const sessionLogSchema = z.looseObject({
  bundle: z.string(),
  settings: z.record(z.string(), z.unknown()),
  frames: z.array(frameSchema),
  totals: z.looseObject({ frames: count, bytesUp: count, bytesDown: count }),
})
export type SessionLog = z.infer<typeof sessionLogSchema>

/** Throws `source-unavailable` where the text is not what a page exports. */
export function parseSessionLog(text: string): SessionLog {
  const invalid = (cause: unknown): CacheNetError =>
    new CacheNetError(
      'source-unavailable',
      'What the page exported is not a session log. Build the page again: npm run build.',
      {},
      { cause },
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw invalid(cause)
  }
  const parsed = sessionLogSchema.safeParse(value)
  if (!parsed.success) throw invalid(parsed.error)
  return parsed.data
}
