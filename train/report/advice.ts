import { relative } from 'node:path'
import type { ReportData } from './report-data.ts'

/** What to do next, in the order of what helps most. */
export interface Advice {
  readonly sentence: string
  /** As it is typed. */
  readonly command?: string
}

/** Where the edge looks for bundles by itself. */
const edgeFolder = 'public/bundles'
const enoughForClass = 100
const enoughToMeasure = 200
const goodEnough = 0.95
/** Right in training and wrong on new images by so much: learnt by heart. */
const byHeart = 0.15
/** Right on so many of its own images, a model has nothing more to learn from them. */
const learnt = 0.9
const mostNamed = 5

/**
 * Accuracy of the full model on its own images at the end of training; undefined where nothing was logged.
 */
function trainedAccuracy({ curves }: ReportData): number | undefined {
  const last = curves.find(({ network }) => network === 'full')?.points.slice(-5)
  return last === undefined || last.length === 0
    ? undefined
    : last.reduce((sum, { accuracy }) => sum + accuracy, 0) / last.length
}

function moreImages({ manifest: { classNames }, trainCounts }: ReportData): Advice[] {
  const scarce = [...trainCounts.entries()]
    .filter(([, count]) => count < enoughForClass)
    .sort(([, a], [, b]) => a - b)
  if (scarce.length === 0) return []
  const named = scarce.slice(0, mostNamed).map(([index, count]) => `${classNames[index] ?? ''} (${count})`)
  const more = scarce.length > mostNamed ? ` and ${scarce.length - mostNamed} more` : ''
  return [
    {
      sentence: `Add images, first of the classes with the fewest to learn from: ${named.join(', ')}${more}. A hundred of each, in other light and places, help more than any setting.`,
    },
  ]
}

function confused({ manifest: { classNames }, confusedPairs }: ReportData): Advice[] {
  const [first] = confusedPairs
  if (first === undefined) return []
  const [truth, answer] = [classNames[first.truth] ?? '', classNames[first.answer] ?? '']
  return [
    {
      sentence: `Look through the pictures of ${truth} that are taken for ${answer}: are some in the wrong folder? If not, add images that show what tells the two apart.`,
    },
  ]
}

function training(data: ReportData): Advice[] {
  const own = trainedAccuracy(data)
  const { fullAccuracy } = data.evaluation
  if (own === undefined || fullAccuracy >= goodEnough) return []
  const shares = `${(own * 100).toFixed(0)} % right in training, ${(fullAccuracy * 100).toFixed(0)} % on new images`
  if (own >= learnt && own - fullAccuracy > byHeart)
    return [
      {
        sentence: `It has learnt its images by heart (${shares}): other images help, longer training does not.`,
      },
    ]
  const { full } = data.manifest.training.config as { full?: { optimizer?: { epochs?: number } } }
  const epochs = full?.optimizer?.epochs
  if (own >= learnt || epochs === undefined) return []
  return [
    {
      sentence: `It has not learnt its own images yet (${shares}): train for longer.`,
      command: `--anew --set "full.optimizer.epochs=${Math.ceil(epochs * 2)}"`,
    },
  ]
}

const quoted = (path: string): string =>
  /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`

/** Sentences for who has just trained a bundle. */
export function adviceOf(data: ReportData): Advice[] {
  const { manifest, bundlesFolder, evaluation } = data
  const elsewhere = relative(edgeFolder, bundlesFolder) === '' ? '' : `--bundles ${quoted(bundlesFolder)} `
  const few = evaluation.images < enoughToMeasure
  return [
    ...(evaluation.fullAccuracy < goodEnough ? moreImages(data) : []),
    ...confused(data),
    ...training(data),
    ...(few
      ? [
          {
            sentence: `${evaluation.images} test images say little: put more aside, in a folder test beside train, to know how good it is.`,
          },
        ]
      : []),
    {
      sentence: 'Try it: start the edge, and open its address with a phone.',
      command: `npm run edge -- ${elsewhere}--default-bundle ${manifest.id}`,
    },
  ]
}
