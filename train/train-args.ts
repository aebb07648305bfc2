import { classPicturesFlag } from './class-pictures/class-pictures-flag.ts'
import { keyFlag } from './signing/choose-key.ts'

/** The flags of `npm run train`, and what its help says of them. */
export const trainArgs = {
  data: { type: 'string', description: 'Folder with the data (not for walkers)', valueHint: 'DIR' },
  id: { type: 'string', description: 'Name of the bundle. Default: the data set', valueHint: 'NAME' },
  out: { type: 'string', description: 'Where bundles go', default: 'public/bundles', valueHint: 'DIR' },
  run: {
    type: 'string',
    description: 'Folder of the run: checkpoints, metrics. Default: runs/<id>',
    valueHint: 'DIR',
  },
  'full-from': {
    type: 'string',
    description:
      'Run, finished or not, or bundle whose full model this run takes over instead of training its own',
    valueHint: 'DIR',
  },
  full: {
    type: 'string',
    description:
      'ONNX classifier of pictures that becomes the full model instead of one that is trained: the teacher, the answer to misses, the trunk of the encoder',
    valueHint: 'FILE',
  },
  labels: {
    type: 'string',
    description:
      'With --full: one class a line, in the order of its outputs, called like the folders. Left out: what the file says, or the folders in alphabetical order',
    valueHint: 'FILE',
  },
  'full-input': {
    type: 'string',
    description:
      'With --full: what the file does not say of its pictures, such as "224,imagenet": size; imagenet, half, unit (0..1), byte (0..255), tf (-1..1), clip, caffe, or mean=R/G/B and std=R/G/B; rgb or bgr; nchw or nhwc. A scale that is left out is found by trying',
    valueHint: 'WORDS',
  },
  'full-features': {
    type: 'string',
    description: 'With --full: name of the value that the last dense layer reads, where it is not found',
    valueHint: 'NAME',
  },
  'full-licence': {
    type: 'string',
    description: 'With --full: file with the licence of the model, which ships beside it',
    valueHint: 'FILE',
  },
  unlabelled: {
    type: 'string',
    description: 'With --full: folder of pictures without labels; the full model labels them for training',
    valueHint: 'DIR',
  },
  'dry-run': {
    type: 'boolean',
    description: 'With --full: say what the model was taken for and how right it is, and stop',
    default: false,
  },
  from: {
    type: 'string',
    description:
      'Bundle (folder, or id in public/bundles) whose trunks full model and generalist begin with; none: from scratch. Default: cifar10 for a folder of few images, else none',
    valueHint: 'BUNDLE',
  },
  resume: { type: 'boolean', description: 'Go on with the run, after Ctrl-C or a failure', default: false },
  anew: {
    type: 'boolean',
    description: 'Throw away what the run before has left, and begin again',
    default: false,
  },
  config: {
    type: 'string',
    description: 'JSON file with settings that differ from the preset',
    valueHint: 'FILE',
  },
  set: {
    type: 'string',
    description:
      'Settings that differ, separated by spaces: "full.optimizer.epochs=4 seed=2"; may be given again',
    valueHint: 'KEY=VALUE',
  },
  'class-pictures': classPicturesFlag,
  key: keyFlag,
  'print-config': { type: 'boolean', description: 'Print the resolved settings and stop', default: false },
} as const
