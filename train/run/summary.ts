import { isGraph, megaMacsOfFull } from '../../core/bundle/full-network.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'
import { planNetwork } from '../../core/network/plan.ts'
import type { StreamMetrics } from '../stages/stream-metrics.ts'
import type { Evaluation } from '../stages/6-evaluate.ts'
import { fewImages, measuredShare } from '../../core/measured-share.ts'
import { formatDuration } from './progress.ts'
import { notWorthUsing } from './worth-using.ts'

/** Of a setting, or what so many images were measured for that none is in doubt. */
const exactly = (share: number): string => `${(share * 100).toFixed(1)} %`

/** Columns that a small set of images can say something of. */
const telling = ['stream', 'full model', 'Edge + scene', 'CacheNet', 'Cascade']

/** Columns padded to their widest cell; numbers to the right. */
export function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n')
}

/** A table under its title; nothing where there are no rows. */
const section = (title: string, head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [title, formatTable(head, rows), '']

/** How many images the choices were made on; none where a manifest does not say. */
function validationImages({ metrics }: Manifest): number {
  const { validation } = metrics
  return typeof validation === 'object' &&
    validation !== null &&
    'images' in validation &&
    typeof validation.images === 'number'
    ? validation.images
    : 0
}

/**
 * What a training prints at its end: sizes, accuracies, coverage by stream beside the plain Cascade, class ×
 * partition.
 */
export function formatSummary(manifest: Manifest, test: Evaluation): string {
  const { networks, gate, classNames, partitions } = manifest
  // Every figure that images were counted for, with its interval where they are few.
  const percent = (share: number, images = test.images): string => measuredShare(share, images)
  const isFew = test.images < fewImages
  const chosenOn = validationImages(manifest)
  const cost = (spec: Manifest['networks']['full']): string => {
    const macs = `${megaMacsOfFull(spec).toFixed(1)} MMACs`
    return isGraph(spec)
      ? `${macs}, brought as ONNX, ${spec.input.width}x${spec.input.height}`
      : `${macs}, ${(planNetwork(spec).parameters / 1000).toFixed(0)} k weights`
  }
  const bothOf = ({ accuracy, coverage }: StreamMetrics): string =>
    `${percent(accuracy)} at ${percent(coverage)}`
  const streams = Object.entries(test.streams).map(([name, ours]) => [
    name,
    percent(ours.fullAccuracy),
    percent(ours.edgeSceneAccuracy),
    bothOf(ours),
    exactly(ours.partitionHitShare),
    exactly(ours.switchRate),
    name.startsWith('strangers') ? exactly(ours.strangersCertain) : '',
    bothOf(test.fixedGate.streams[name]!),
    bothOf(test.cascade.streams[name]!),
    bothOf(test.cascadeScene.streams[name]!),
  ])
  const rows = gate.localities.map(
    ({
      changeRate,
      thresholdNats,
      maxProbes,
      order,
      asksGeneralist,
      looksTwice = false,
      scenePrior,
      coverage,
      accuracy,
      fullAccuracy,
      edgeSceneAccuracy = fullAccuracy,
      leastBelief,
    }) => [
      exactly(changeRate),
      thresholdNats.toFixed(2),
      `${maxProbes === 0 ? 'the generalist' : `${leastBelief === undefined ? `${maxProbes} ${order}` : `the scene’s, from ${leastBelief}`}${asksGeneralist ? ', then the generalist' : ''}`}${looksTwice ? ' twice' : ''}`,
      scenePrior === undefined
        ? 'none'
        : `${scenePrior.memoryFrames} frames, ${exactly(scenePrior.surpriseChance)}${scenePrior.knowsScenes === true ? ', known scenes' : ''}`,
      percent(coverage, chosenOn),
      `${((accuracy - edgeSceneAccuracy) * 100).toFixed(chosenOn < fewImages ? 0 : 1).replace(/^-(0(?:\.0)?)$/, '$1')} points`,
    ],
  )
  const regions = test.inRegion.map((region, index) => {
    const inside = (right: number | undefined): string =>
      right === undefined ? '–' : percent(right, region.images)
    const {
      generalistAccuracy,
      priorAccuracy,
      headAccuracy,
      deltaAccuracy,
      accuracy,
      fullPriorAccuracy,
      aurocOutside,
    } = region
    return [
      partitions[index]?.name ?? region.partition,
      percent(test.partitionShares[index]!),
      ...[generalistAccuracy, priorAccuracy, headAccuracy, deltaAccuracy, accuracy, fullPriorAccuracy].map(
        inside,
      ),
      aurocOutside.toFixed(isFew ? 2 : 3),
    ]
  })
  const head = [
    'stream',
    'full model',
    'Edge + scene',
    'CacheNet',
    'hits by partitions',
    'switches',
    'strangers certain',
    'one threshold',
    'Cascade',
    'Cascade + scene',
  ]
  const shown = head.map((title) => !isFew || telling.includes(title))
  const ofShown = (row: readonly string[]): string[] => row.filter((_, column) => shown[column])
  const warnings = notWorthUsing(test, classNames.length)
  const heat = test.classByPartition.map((counts, classIndex) => [
    classNames[classIndex]!,
    ...counts.map(String),
  ])
  return [
    `Bundle ${manifest.id}: ${classNames.length} classes, ${partitions.length === 0 ? 'the generalist alone' : `${partitions.length} partitions`}, trained in ${formatDuration(manifest.training.elapsedSeconds)}`,
    `  full model   ${cost(networks.full)}, ${percent(test.fullAccuracy)} right`,
    `  generalist   ${cost(networks.generalist)}, ${percent(test.generalistAccuracy)} right`,
    ...(partitions.length === 0 ? [] : [`  partition    ${cost(networks.partition)}`]),
    `  threshold    ${gate.thresholdNats.toFixed(3)} nats (Cascade: ${test.cascade.thresholdNats.toFixed(3)}); a held partition is kept at ${manifest.selector.keepShare} of the code's largest`,
    '',
    ...section(
      `On ${test.images} test images, inside each region:`,
      [
        'region',
        'share',
        'generalist',
        '… told',
        '… head anew',
        'delta',
        'partition',
        'full, told',
        'AUROC outside',
      ],
      regions,
    ),
    ...(warnings.length === 0 ? [] : [...warnings.map((warning) => `! ${warning}`), '']),
    'Streams of test images, accuracy of the whole at the share answered on the device (misses answered by the full model):',
    formatTable(ofShown(head), streams.map(ofShown)),
    ...(isFew
      ? [
          'The intervals in brackets are where the true figure lies, 19 times of 20: the test images are few. report.html has the other ways to answer.',
        ]
      : []),
    '',
    ...section(
      'The adaptive gate, by locality (calibrated on validation images):',
      ['changes', 'threshold', 'asks', 'scene prior', 'coverage', 'against Edge + scene'],
      rows,
    ),
    ...section(
      'Test images by class and partition:',
      ['class', ...partitions.map(({ id }) => id)],
      partitions.length === 0 ? [] : heat,
    ),
  ]
    .join('\n')
    .trimEnd()
}
