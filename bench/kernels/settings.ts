import { z } from 'zod'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'

const settingsSchema = z.object({
  rounds: wholeNumber(2, 999).default(40),
  bundles: text.default('public/bundles'),
  bundle: text.default('cifar10'),
  out: text.default('bench/results/kernels.json'),
})
export type KernelsBenchSettings = z.infer<typeof settingsSchema>

export const kernelsBenchFlags = {
  rounds: flag('number', 'How often each thing is measured, in turns (40)'),
  bundles: flag('folder', 'Released bundles (public/bundles)'),
  bundle: flag('id', 'The bundle whose partition and full model are timed (cifar10)'),
  out: flag('file', 'Where to write the numbers (bench/results/kernels.json)'),
} satisfies Record<keyof KernelsBenchSettings, unknown>

export const resolveKernelsBenchSettings = flagsResolver(settingsSchema, kernelsBenchFlags)
