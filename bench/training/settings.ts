import { z } from 'zod'
import { CacheNetError } from '../../core/wire/errors.ts'

const settingsSchema = z.strictObject({
  rounds: z.string().regex(/^[1-9]\d?$/, 'must be between 1 and 99').default('9').transform(Number),
  out: z.string().min(1).default('bench/results/training.json'),
})
export type TrainingBenchSettings = z.infer<typeof settingsSchema>

export const trainingBenchFlags = {
  rounds: { type: 'string', valueHint: 'number', description: 'How often each thing is measured, in turns (9); what takes long a third as often' },
  out: { type: 'string', valueHint: 'file', description: 'Where to write the numbers (bench/results/training.json)' },
} as const

/** Settings from the parsed command line. Throws `config-invalid`; an unknown flag is one reason. */
export function resolveTrainingBenchSettings(args: readonly string[], flags: Readonly<Record<string, unknown>>): TrainingBenchSettings {
  const unknown = args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []).filter((name) => !Object.hasOwn(trainingBenchFlags, name))
  const parsed = settingsSchema.safeParse(Object.fromEntries(Object.keys(trainingBenchFlags).map((name) => [name, flags[name]])))
  const problems = [
    ...unknown.map((name) => `There is no flag --${name}.`),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `--${path.join('.')} ${message}.`),
  ]
  if (parsed.success && problems.length === 0) return parsed.data
  throw new CacheNetError('config-invalid', problems.join('\n'), { problems })
}
