import { z } from 'zod'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'

const settingsSchema = z.object({
  bundle: text.optional(),
  bundles: text.default('public/bundles'),
  rounds: wholeNumber(1, 100).default(5),
  seconds: wholeNumber(1, 600).default(5),
  connections: wholeNumber(1, 120).default(64),
  out: text.default('bench/results/edge.json'),
})
export type EdgeBenchSettings = z.infer<typeof settingsSchema>

export const edgeBenchFlags = {
  bundle: flag(
    'id',
    'Bundle to answer with (one of random weights, of the size of the released CIFAR-10 one)',
  ),
  bundles: flag('folder', 'Where that bundle is (public/bundles)'),
  rounds: flag('number', 'How often each thing is measured, in turns (5)'),
  seconds: flag('seconds', 'Length of one measurement (5)'),
  connections: flag('number', 'Senders that send their next frame as soon as the last is answered (64)'),
  out: flag('file', 'Where to write the numbers (bench/results/edge.json)'),
} satisfies Record<keyof EdgeBenchSettings, unknown>

export const resolveEdgeBenchSettings = flagsResolver(settingsSchema, edgeBenchFlags)
