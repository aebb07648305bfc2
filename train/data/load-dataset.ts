import { homedir } from 'node:os'
import { join } from 'node:path'
import { hasTrainFolder } from '../../core/image/split-folders.ts'
import { cifar100Places, documentedPlaces } from '../../core/streams/scenes.ts'
import { CacheNetError } from '../../core/wire/errors.ts'
import type { PresetName } from '../config/presets.ts'
import type { TrainingConfig } from '../config/schema.ts'
import type { Progress } from '../run/progress.ts'
import { loadCharacters } from './characters.ts'
import { loadCifar10 } from './cifar10.ts'
import { combineDatasets, withMirrored } from './combine-datasets.ts'
import type { Dataset } from './dataset.ts'
import { loadFolder } from './folder.ts'
import { generatePeople } from './people.ts'
import { listFolder } from './walk-images.ts'
import { generateWalkers } from './walkers.ts'

function requireData(data: string | undefined, preset: PresetName): string {
  if (data !== undefined) return data
  throw new CacheNetError('config-invalid', `A data set of the kind ${preset} needs --data DIR.`)
}

/** Copies of CIFAR-10 also go about as images, in train/CLASS and test/CLASS. */
const hasImages = (folder: string): Promise<boolean> =>
  listFolder(folder).then(
    ({ folders }) => hasTrainFolder(folders),
    () => false,
  )

/** Where decoded images are kept. */
export const decodedFolder = (): string => join(homedir(), '.cache', 'cachenet')

/**
 * The images of a data set, decoded or drawn. Throws `dataset-invalid` for what is wrong with them, by file.
 */
export async function loadDataset(
  preset: PresetName,
  data: string | undefined,
  config: TrainingConfig,
  progress: Progress,
): Promise<Dataset> {
  const { imageSize: size, validationShare } = config
  progress.start()
  const fromImages = (folder: string): Promise<Dataset> =>
    loadFolder(
      folder,
      {
        size,
        validationShare,
        cacheFolder: decodedFolder(),
        onLeftOut: (line) => progress.say(line),
      },
      report,
    )
  const report = (done: number, of: number): void => progress.count('images', done, of)
  const loadCifar100 = async (folder: string): Promise<Dataset> => {
    const images = await fromImages(folder)
    const places = documentedPlaces(images.classNames)
    if (places !== cifar100Places)
      throw new CacheNetError(
        'dataset-invalid',
        'These are not the 100 classes of CIFAR-100 by their usual names. For other images there is the data set folder.',
        { classes: images.classNames.length },
      )
    return { ...images, kind: 'cifar100', description: 'CIFAR-100 (Krizhevsky 2009).', places }
  }
  switch (preset) {
    case 'walkers':
      return generateWalkers(config, report)
    case 'people':
      return generatePeople(config, report)
    case 'folder':
      return fromImages(requireData(data, preset))
    case 'cifar10': {
      const folder = requireData(data, preset)
      const images = (await hasImages(folder))
        ? await fromImages(folder)
        : await loadCifar10(folder, validationShare)
      return { ...images, kind: 'cifar10', places: documentedPlaces(images.classNames) }
    }
    case 'cifar100':
      return loadCifar100(requireData(data, preset))
    case 'world': {
      const folder = requireData(data, preset)
      const photographs = await loadCifar100(join(folder, 'photographs'))
      const characters = await loadCharacters(
        join(folder, 'characters'),
        { size, copies: config.world.copies },
        report,
      )
      const people = generatePeople({ ...config, people: config.world.people }, report)
      // A character that is mirrored is another one: here only what may be is, before training.
      const mirrored = [photographs, people].map((each) => ({
        ...each,
        train: withMirrored(each.train, size),
      })) as [Dataset, Dataset]
      return combineDatasets([mirrored[0], characters, mirrored[1]], {
        kind: 'world',
        description: `Unlike domains under one network: photographs (CIFAR-100, Krizhevsky 2009), handwritten characters (Omniglot, Lake et al. 2015) and synthetic people.`,
      })
    }
    default:
      return preset satisfies never
  }
}
