import { z } from 'zod'
import { CacheNetError } from '../../core/wire/errors.ts'

const wholeNumber = (least: number, most: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be between ${least} and ${most}`)

const settingsSchema = z.object({
  bundle: z.string().min(1).optional(),
  bundles: z.string().min(1).default('public/bundles'),
  rounds: wholeNumber(1, 100).default(5),
  seconds: wholeNumber(1, 600).default(5),
  connections: wholeNumber(1, 120).default(64),
  out: z.string().min(1).default('bench/results/edge.json'),
})
export type EdgeBenchSettings = z.infer<typeof settingsSchema>

const flag = (valueHint: string, description: string): { type: 'string'; valueHint: string; description: string } => ({ type: 'string', valueHint, description })

export const edgeBenchFlags = {
  bundle: flag('id', 'Bundle to answer with (one of random weights, of the size of the released CIFAR-10 one)'),
  bundles: flag('folder', 'Where that bundle is (public/bundles)'),
  rounds: flag('number', 'How often each thing is measured, in turns (5)'),
  seconds: flag('seconds', 'Length of one measurement (5)'),
  connections: flag('number', 'Senders that send their next frame as soon as the last is answered (64)'),
  out: flag('file', 'Where to write the numbers (bench/results/edge.json)'),
} satisfies Record<keyof EdgeBenchSettings, unknown>

/** Settings from the parsed command line. Throws `config-invalid` with a line for each problem; unknown flags are one. */
export function resolveEdgeBenchSettings(args: readonly string[], flags: Readonly<Record<string, unknown>>): EdgeBenchSettings {
  const unknown = args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []).filter((name) => !Object.hasOwn(edgeBenchFlags, name))
  const parsed = settingsSchema.safeParse(Object.fromEntries(Object.keys(edgeBenchFlags).map((name) => [name, flags[name]])))
  const problems = [
    ...unknown.map((name) => `There is no flag --${name}.`),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => `--${path.join('.')} ${message}.`),
  ]
  if (parsed.success && problems.length === 0) return parsed.data
  throw new CacheNetError('config-invalid', `${problems.join('\n')}\nSee --help for what there is.`, { problems })
}
