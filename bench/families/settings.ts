import { z } from 'zod'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'

const settingsSchema = z.object({
  rounds: wholeNumber(2, 999).default(8),
  passes: wholeNumber(1, 99).default(3),
  classes: wholeNumber(2, 1000).default(100),
  out: text.default('bench/results/families.json'),
})
export type FamiliesBenchSettings = z.infer<typeof settingsSchema>

export const familiesBenchFlags = {
  rounds: flag('number', 'How often each network is timed in a pass (8)'),
  passes: flag('number', 'Passes over all networks (3)'),
  classes: flag('number', 'Outputs of the networks (100)'),
  out: flag('file', 'Where to write the numbers (bench/results/families.json)'),
} satisfies Record<keyof FamiliesBenchSettings, unknown>

export const resolveFamiliesBenchSettings = flagsResolver(settingsSchema, familiesBenchFlags)
