import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { createRandom } from '../../core/random.ts'
import { drawStranger, strangerKinds } from '../../core/strangers/draw-stranger.ts'
import { strangerLabel } from '../../core/gate/simulate-stream.ts'
import { createWalker } from '../../core/walkers/body.ts'
import { renderWalker } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import { allocateSplit, type Dataset, type Split } from './dataset.ts'

const picturesOfKind = 100
const walkersAmongPhotographs = 200

/** Walkers are no strangers to a network that was trained on some. */
const knowsWalkers = (kind: Dataset['kind']): boolean =>
  kind === 'walkers' || kind === 'people' || kind === 'world'

/**
 * Pictures that no network of a data set knows, all of the label `strangerLabel`: textures and patterns, of
 * other kinds in each split; and in the test, where the data has no people, people.
 */
export function drawStrangers(
  { kind, size }: Pick<Dataset, 'kind' | 'size'>,
  split: 'validation' | 'test',
): Split {
  const kinds = strangerKinds[split]
  const walkers = split === 'test' && !knowsWalkers(kind) ? walkersAmongPhotographs : 0
  const images = allocateSplit(kinds.length * picturesOfKind + walkers, size)
  images.labels.fill(strangerLabel)
  const bytes = size * size * 3
  let image = 0
  for (const one of kinds)
    for (let picture = 0; picture < picturesOfKind; picture++)
      images.pixels.set(drawStranger(one, `${split} ${picture}`, size), image++ * bytes)
  const random = createRandom('strangers: walkers')
  for (let picture = 0; picture < walkers; picture++) {
    const walker = createWalker(picture)
    const session = createSession({ identity: picture, split, session: 0 })
    images.pixels.set(
      rgbaToRgb(renderWalker({ walker, session, time: random.next() * 3, size })),
      image++ * bytes,
    )
  }
  return images
}
