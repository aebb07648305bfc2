import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { CacheNetError } from '../../../core/wire/errors.ts'

const shared = {
  /** Side of its images, in pixels. */
  size: z.int(),
  /** Multiply-accumulates of a frame, in millions. */
  megaMacs: z.number(),
  parameters: z.int(),
  /** Milliseconds a frame in the phone's engine. */
  ms: z.object({ n: z.int(), median: z.number(), least: z.number(), most: z.number() }),
}
const plainSchema = z.object({
  family: z.undefined().optional(),
  widths: z.tuple([z.int(), z.int(), z.int()]),
  ...shared,
})
const separableSchema = z.object({
  family: z.literal('separable'),
  width: z.number(),
  depth: z.int(),
  ...shared,
})
const timesSchema = z.object({ rows: z.array(z.union([separableSchema, plainSchema])) })

/** A network of either family, with what it costs. */
export type TimedNetwork = z.infer<typeof plainSchema> | z.infer<typeof separableSchema>
export type TimedSeparable = z.infer<typeof separableSchema>

/** What `npm run bench -- families` wrote. Throws `config-invalid` where the file is none of these. */
export async function readTimes(file: string): Promise<TimedNetwork[]> {
  const refused = new CacheNetError(
    'config-invalid',
    `${file} has no times of networks: npm run bench -- families writes them.`,
    { file },
  )
  const value: unknown = await readFile(file, 'utf8').then(JSON.parse, () => {
    throw refused
  })
  const parsed = timesSchema.safeParse(value)
  if (parsed.success) return parsed.data.rows
  throw refused
}
