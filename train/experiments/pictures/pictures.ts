import { join } from 'node:path'
import { openBundle } from '../../run/open-bundle.ts'
import { parseIntegers } from '../../run/parse-integers.ts'
import { experimentCommand } from '../experiment-command.ts'
import { formatPictures } from './format-pictures.ts'
import { measurePictures } from './measure-pictures.ts'

export const pictures = experimentCommand({
  name: 'pictures',
  description:
    'What it costs the full model of a finished bundle that pictures come to the edge encoded, by format and quality, on its validation images; trains nothing.',
  args: {
    bundle: { type: 'positional', description: 'Folder of the bundle', valueHint: 'BUNDLE', required: true },
    data: {
      type: 'string',
      description: 'Folder with the data that it was trained on (not for people and walkers)',
      valueHint: 'DIR',
    },
    images: {
      type: 'string',
      description: 'Validation images to look at',
      default: '2000',
      valueHint: 'NUMBER',
    },
    run: {
      type: 'string',
      description: 'Folder of the results. Default: runs/pictures-<bundle>',
      valueHint: 'DIR',
    },
  },
  run: async ({ args, progress, conclude }) => {
    const [images = 2000] = parseIntegers('--images', args.images)
    const opened = await openBundle(args.bundle, args.data, progress)
    const measured = await measurePictures(opened, images)
    await conclude(
      args.run ?? join('runs', `pictures-${opened.manifest.id}`),
      measured,
      formatPictures(measured),
    )
  },
})
