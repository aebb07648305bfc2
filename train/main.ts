import { defineCommand, runMain } from 'citty'
import { trainCommand } from './train-command.ts'

await runMain(
  defineCommand({
    meta: {
      name: 'npm run train --',
      description:
        'Trains a bundle: a full model, a generalist, an encoder and K partitions, calibrated, evaluated, and written to public/bundles/<id>. ' +
        'Ctrl-C writes a checkpoint; --resume goes on from it.',
    },
    subCommands: {
      walkers: trainCommand(
        'walkers',
        'The built-in synthetic people who walk towards the camera. Needs no data; takes minutes.',
      ),
      people: trainCommand('people', 'The built-in people at a dozen sites, 226 of them. Needs no data.'),
      folder: trainCommand(
        'folder',
        'Any folder of images, one sub-folder a class (or DIR/train, DIR/val and DIR/test with such sub-folders).',
      ),
      cifar100: trainCommand(
        'cifar100',
        'CIFAR-100 as images: --data names a folder with train/CLASS and test/CLASS.',
      ),
      world: trainCommand(
        'world',
        'Unlike domains under one small network: --data names a folder with CIFAR-100 in photographs, Omniglot in characters; people are drawn.',
      ),
      cifar10: trainCommand(
        'cifar10',
        'CIFAR-10: --data names the folder cifar-10-batches-bin of its homepage, or one with images in train/CLASS and test/CLASS.',
      ),
    },
  }),
)
