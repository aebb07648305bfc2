import { createRandom } from '../../core/random.ts'
import { walkerNames } from '../../core/walkers/names.ts'
import { createSession, type Split as WalkerSplit } from '../../core/walkers/session.ts'
import type { TrainingConfig } from '../config/schema.ts'
import { digestOfPixels } from './data-digest.ts'
import type { Dataset, Split } from './dataset.ts'
import { paintWalks } from './walk-painter.ts'

type Options = Pick<TrainingConfig, 'walkers' | 'imageSize' | 'seed'>

function renderSplit(
  split: WalkerSplit,
  sessions: number,
  { walkers, imageSize: size, seed }: Options,
  onImage: () => void,
): Split {
  const { identities, framesPerSession } = walkers
  const recordings = Array.from({ length: identities * sessions }, (_, index) =>
    createSession({ identity: Math.floor(index / sessions), split, session: index % sessions }),
  )
  return paintWalks(recordings, {
    framesPerSession,
    size,
    random: createRandom(seed).fork(`walkers-${split}`),
    onImage,
  })
}

/**
 * The synthetic walkers: recordings of training, validation and test are apart, and so are the clothes, light
 * and places in them.
 */
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
      renderSplit(
        split,
        sessions,
        { ...options, walkers: { ...options.walkers, framesPerSession: frames } },
        () => undefined,
      ),
  }
}
