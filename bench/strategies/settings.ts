import { z } from 'zod'
import { flag, flagsResolver, text, wholeNumber } from '../harness/flags.ts'
import { sectionNames } from './scenarios.ts'
import { strategyNames } from './strategy.ts'

export const parts = [...sectionNames, 'kernels', 'policies'] as const
/** A folder is played only where one is named, and then nothing else is unless that is asked for. */
const partsWithoutFolder = parts.filter((part) => part !== 'folder')
const [publishedOut, folderOut] = ['bench/results/strategies.json', 'bench/results/folder.json']
export type Part = (typeof parts)[number]

const listOf = <Item extends string>(items: readonly Item[]) =>
  z
    .string()
    .transform((list) => list.split(',').map((item) => item.trim()))
    .pipe(z.array(z.enum(items, `must be among ${items.join(', ')}`)).min(1))

const flagsSchema = z.object({
  data: text.optional(),
  folder: text.optional(),
  bundle: text.default('cifar10'),
  only: listOf(parts).optional(),
  match: text.optional(),
  strategies: listOf(strategyNames).optional(),
  rounds: wholeNumber(1, 100).default(5),
  frames: wholeNumber(20, 20_000).default(400),
  devices: listOf(['1', '4', '8'] as const)
    .default(['1', '4', '8'])
    .transform((devices) => devices.map(Number)),
  bundles: text.default('public/bundles'),
  page: text.optional(),
  out: text.optional(),
  resume: z.boolean().default(false),
  full: z.boolean().default(false),
  seed: wholeNumber(0, 2 ** 31).default(1),
})

const settingsSchema = flagsSchema
  .refine(({ folder, only = [] }) => folder !== undefined || !only.includes('folder'), {
    path: ['folder'],
    message: 'is needed for the part of that name',
  })
  .transform(({ only, out, ...settings }) => ({
    ...settings,
    only: only ?? (settings.folder === undefined ? partsWithoutFolder : ['folder' as const]),
    out: out ?? (settings.folder === undefined ? publishedOut : folderOut),
  }))
export type StrategiesSettings = z.infer<typeof settingsSchema>

export const strategiesFlags = {
  data: flag(
    'folder',
    'Images, one sub-folder a class, or a folder with train and test in it; or a folder that holds one such folder a bundle (needed for all but people)',
  ),
  folder: flag(
    'folder',
    'Plays the images of this folder in the order of their files, once, instead of the streams; sub-folders called like classes are labels, where there are any',
  ),
  bundle: flag('id', 'The bundle that a folder is played with (cifar10)'),
  only: flag('parts', `Some of ${parts.join(',')} (all but folder)`),
  match: flag(
    'text',
    'Only what is played under conditions whose name holds this, such as people or "1/8" (all)',
  ),
  strategies: flag('list', `Some of ${strategyNames.join(',')} (all)`),
  rounds: flag(
    'number',
    'How often all but the map is measured, each time with another stream and another order of strategies (5)',
  ),
  frames: flag('number', 'Frames of a stream (400)'),
  devices: flag(
    'list',
    'Slow-downs of the device: 1, 4 and 8 (1,4,8; slower ones need Linux, root and two CPUs)',
  ),
  bundles: flag('folder', 'Where the bundles are (public/bundles)'),
  page: flag('folder', 'Folder of a built page (built anew)'),
  out: flag(
    'file',
    'Where to write the numbers; parts that are not measured stay as they are there (bench/results/strategies.json; for a folder bench/results/folder.json)',
  ),
  resume: {
    type: 'boolean',
    description: 'Skip runs that the file has already, measured at the same commit with the same frames',
  },
  full: { type: 'boolean', description: 'Every stream with every network, device and cache: hours' },
  seed: flag('number', 'The same seed gives the same streams (1)'),
} as const satisfies Record<keyof StrategiesSettings, unknown>

export const resolveStrategiesSettings = flagsResolver(settingsSchema, strategiesFlags)
