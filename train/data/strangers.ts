import { rgbaToRgb } from '../../core/image/preprocess.ts'
import { createRandom } from '../../core/random.ts'
import { drawStranger, strangerKinds } from '../../core/strangers/draw-stranger.ts'
import { strangerLabel } from '../../core/gate/answer-table.ts'
import { createWalker } from '../../core/walkers/body.ts'
import { renderWalker } from '../../core/walkers/render.ts'
import { createSession } from '../../core/walkers/session.ts'
import { allocateSplit, splitCount, type Dataset, type Split } from './dataset.ts'

const picturesOfKind = 100
/** To learn from there are more: what is seen again and again is learnt by heart. */
const lessonsOfKind = 800
const walkersAmongPhotographs = 200

/** Walkers are no strangers to a network that was trained on some. */
const knowsWalkers = (kind: Dataset['kind']): boolean =>
  kind === 'walkers' || kind === 'people' || kind === 'world'

type Of = Pick<Dataset, 'kind' | 'size' | 'unknown'>
type SplitName = keyof typeof strangerKinds

/** How one of them is drawn, at any size. */
function drawersOf(kind: Dataset['kind'], split: SplitName): ((size: number) => Uint8Array)[] {
  const drawn = strangerKinds[split].flatMap((one) =>
    Array.from(
      { length: split === 'training' ? lessonsOfKind : picturesOfKind },
      (_, picture) =>
        (size: number): Uint8Array =>
          drawStranger(one, `${split} ${picture}`, size),
    ),
  )
  const walkers = split === 'test' && !knowsWalkers(kind) ? walkersAmongPhotographs : 0
  const random = createRandom('strangers: walkers')
  const walking = Array.from({ length: walkers }, (_, picture) => {
    const walker = createWalker(picture)
    const session = createSession({ identity: picture, split: 'test', session: 0 })
    const time = random.next() * 3
    return (size: number): Uint8Array => rgbaToRgb(renderWalker({ walker, session, time, size }))
  })
  return [...drawn, ...walking]
}

function draw({ kind, size, unknown }: Of, split: SplitName): Split {
  const drawers = drawersOf(kind, split)
  const own = unknown?.(split)
  const images: Split = {
    ...allocateSplit(drawers.length + (own === undefined ? 0 : splitCount(own)), size),
    ...(own === undefined ? { readAt: (image, at) => Promise.resolve(drawers[image]!(at)) } : {}),
  }
  images.labels.fill(strangerLabel)
  if (own !== undefined) images.pixels.set(own.pixels, drawers.length * size * size * 3)
  for (const [image, drawAt] of drawers.entries()) images.pixels.set(drawAt(size), image * size * size * 3)
  return images
}

/** Of each data set they are drawn once: several stages ask about the same ones. */
const known = new WeakMap<Of, Map<SplitName, Split>>()

/**
 * Pictures that show none of the classes of a data set, all of the label `strangerLabel`: textures and
 * patterns, of other kinds in each split; what the data has of its own that is none of its classes; and in
 * the test, where the data has no people, people.
 */
export function drawStrangers(dataset: Of, split: SplitName): Split {
  const drawn = known.get(dataset) ?? new Map<SplitName, Split>()
  known.set(dataset, drawn)
  const images = drawn.get(split) ?? draw(dataset, split)
  drawn.set(split, images)
  return images
}
