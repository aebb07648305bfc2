import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { createRandom } from '../../core/random.ts'
import { createWalker } from '../../core/walkers/body.ts'
import { walkerNames } from '../../core/walkers/names.ts'
import { renderWalker, walkSeconds } from '../../core/walkers/render.ts'
import { createSession, type Split as WalkerSplit } from '../../core/walkers/session.ts'
import type { TrainingConfig } from '../config/schema.ts'
import { digestOfPixels } from './data-digest.ts'
import { allocateSplit, type Dataset, type Split } from './dataset.ts'

type Options = Pick<TrainingConfig, 'walkers' | 'imageSize' | 'seed'>

function renderSplit(split: WalkerSplit, sessions: number, options: Options, onImage: () => void): Split {
  const { identities, framesPerSession } = options.walkers
  const size = options.imageSize
  const images = allocateSplit(identities * sessions * framesPerSession, size)
  const random = createRandom(options.seed).fork(`walkers-${split}`)
  let image = 0
  for (let identity = 0; identity < identities; identity++) {
    const walker = createWalker(identity)
    for (let session = 0; session < sessions; session++) {
      const recording = createSession({ identity, split, session })
      for (let frame = 0; frame < framesPerSession; frame++, image++) {
        // Spread over the whole walk, with a jitter, so that every pose and distance comes up.
        const time = ((frame + random.next()) / framesPerSession) * walkSeconds(walker)
        images.pixels.set(rgbaToRgb(renderWalker({ walker, session: recording, time, size })), image * size * size * 3)
        images.labels[image] = identity
        onImage()
      }
    }
  }
  return images
}

/** The synthetic walkers: recordings of training, validation and test are apart, and so are the clothes, light and places in them. */
export function generateWalkers(options: Options, onProgress: (done: number, of: number) => void): Dataset {
  const { identities, trainSessions, validationSessions, testSessions, framesPerSession } = options.walkers
  const total = identities * framesPerSession * (trainSessions + validationSessions + testSessions)
  let done = 0
  const onImage = (): void => onProgress(++done, total)
  const splits = {
    train: renderSplit('train', trainSessions, options, onImage),
    validation: renderSplit('validation', validationSessions, options, onImage),
    test: renderSplit('test', testSessions, options, onImage),
  }
  return {
    kind: 'walkers',
    description: `Synthetic people who walk towards the camera: ${identities} identities; clothes, light, background and camera change by session.`,
    classNames: walkerNames(identities),
    digest: digestOfPixels(splits),
    size: options.imageSize,
    ...splits,
    recordings: (split, frames, sessions = split === 'test' ? testSessions : validationSessions) =>
      renderSplit(split, sessions, { ...options, walkers: { ...options.walkers, framesPerSession: frames } }, () => undefined),
  }
}
