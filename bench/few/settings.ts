import { z } from 'zod'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'

const settingsSchema = z.object({
  data: text,
  from: text.default('cifar10'),
  classes: wholeNumber(2, 100).default(20),
  images: wholeNumber(5, 500).default(20),
  test: wholeNumber(1, 1000).default(100),
  seeds: text
    .default('1,2,3')
    .transform((list) => list.split(',').map(Number))
    .refine((seeds) => seeds.every(Number.isSafeInteger), 'must be whole numbers with commas between'),
  out: text.default('bench/results/few.json'),
})
export type FewBenchSettings = z.infer<typeof settingsSchema>

export const fewBenchFlags = {
  data: flag(
    'folder',
    'Folder with train/CLASS and test/CLASS to draw from: classes that the base has not seen',
  ),
  from: flag('bundle', 'Base to begin with, by folder or id (cifar10)'),
  classes: flag('number', 'Classes, evenly out of all of them (20)'),
  images: flag('number', 'Images of each class; a tenth of them is for choices (20)'),
  test: flag('number', 'Test images of each class (100)'),
  seeds: flag('list', 'Seeds, with commas between: each draws other images (1,2,3)'),
  out: flag('file', 'Where to write the numbers (bench/results/few.json)'),
} satisfies Record<keyof FewBenchSettings, unknown>

export const resolveFewBenchSettings = flagsResolver(settingsSchema, fewBenchFlags)
