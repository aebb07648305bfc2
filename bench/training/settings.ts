import { z } from 'zod'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'

const settingsSchema = z.object({
  rounds: wholeNumber(1, 99).default(9),
  out: text.default('bench/results/training.json'),
})
export type TrainingBenchSettings = z.infer<typeof settingsSchema>

export const trainingBenchFlags = {
  rounds: flag('number', 'How often each thing is measured, in turns (9); what takes long a third as often'),
  out: flag('file', 'Where to write the numbers (bench/results/training.json)'),
} satisfies Record<keyof TrainingBenchSettings, unknown>

export const resolveTrainingBenchSettings = flagsResolver(settingsSchema, trainingBenchFlags)
