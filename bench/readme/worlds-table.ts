import { z } from 'zod'
import { percent } from '../../core/percent.ts'
import { megaMacsOfFull } from '../../core/bundle/full-network.ts'
import type { Manifest } from '../../core/bundle/manifest.ts'

export const worldsStart = '<!-- worlds: written by npm run results -->'
export const worldsEnd = '<!-- /worlds -->'

const share = z.number()
const streamSchema = z.object({
  accuracy: share,
  edgeSceneAccuracy: share,
  coverage: share,
  switchRate: share,
  partitionHitShare: share,
  strangersCertain: share,
  strangersOnDevice: share,
})
const streamsSchema = z.record(z.string(), streamSchema)
const metricsSchema = z.object({
  images: z.number(),
  fullAccuracy: share,
  generalistAccuracy: share,
  streams: streamsSchema,
  cascadeScene: z.object({ streams: streamsSchema }),
  inRegion: z.array(
    z.object({
      generalistAccuracy: share,
      priorAccuracy: share,
      headAccuracy: share.optional(),
      deltaAccuracy: share.optional(),
      accuracy: share,
      fullPriorAccuracy: share,
      aurocOutside: share,
    }),
  ),
})

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  row(head),
  row(head.map(() => '---')),
  ...rows.map(row),
]

/**
 * One bundle: its networks, what its partitions know, and what the streams of its test images say. Empty for
 * one that an older trainer wrote.
 */
function world(manifest: Manifest): string[] {
  const metrics = metricsSchema.safeParse(manifest.metrics)
  if (!metrics.success) return []
  const { images, fullAccuracy, generalistAccuracy, streams, cascadeScene, inRegion } = metrics.data
  const { networks, partitions, classNames, training } = manifest
  const macs = (spec: Manifest['networks']['full']): string => megaMacsOfFull(spec).toFixed(1)
  const mean = (of: (region: (typeof inRegion)[number]) => number | undefined): string => {
    const values = inRegion.flatMap((region) => of(region) ?? [])
    return values.length === 0 ? '–' : percent(values.reduce((sum, value) => sum + value, 0) / values.length)
  }
  const columns = [
    'generalist',
    '… told',
    '… head anew',
    'delta',
    'partition',
    'full model, told',
    'AUROC outside',
  ]
  const { command, refinement, calibration } = training
  const commands = [command, refinement?.command, calibration?.command]
    .filter((text) => text !== undefined)
    .map((text) => `\`${text}\``)
  return [
    `## ${manifest.id}`,
    '',
    [
      `${classNames.length} classes, ${partitions.length} partitions; ${commands.join(', ')}.`,
      `Full model ${macs(networks.full)} MMACs, ${percent(fullAccuracy)} of ${images} test images right;`,
      `generalist ${macs(networks.generalist)} MMACs, ${percent(generalistAccuracy)};`,
      `partitions ${macs(networks.partition)} MMACs.`,
    ].join(' '),
    '',
    'Right on the test images of each region, each class as often as it is seen there. *Told*: the region’s shares as prior.',
    '',
    ...table(
      ['region', ...columns],
      [
        ...inRegion.map((region, index) => [
          partitions[index]?.name ?? '',
          ...[
            region.generalistAccuracy,
            region.priorAccuracy,
            region.headAccuracy,
            region.deltaAccuracy,
            region.accuracy,
            region.fullPriorAccuracy,
          ].map(percent),
          region.aurocOutside.toFixed(2),
        ]),
        [
          '**mean**',
          ...[
            mean((region) => region.generalistAccuracy),
            mean((region) => region.priorAccuracy),
            mean((region) => region.headAccuracy),
            mean((region) => region.deltaAccuracy),
            mean((region) => region.accuracy),
            mean((region) => region.fullPriorAccuracy),
          ],
          (
            inRegion.reduce((sum, region) => sum + region.aurocOutside, 0) / Math.max(1, inRegion.length)
          ).toFixed(2),
        ],
      ],
    ),
    '',
    'Streams of test images: accuracy of the whole, at the share that the device answers. The line is *Edge + scene* less a point.',
    '',
    ...table(
      [
        'stream',
        'Edge + scene',
        'Cascade + scene',
        'CacheNet',
        'hits by partitions',
        'switches',
        'strangers certain, on the device',
      ],
      Object.entries(streams).map(([name, ours]) => {
        const other = cascadeScene.streams[name]
        const strangers = name.startsWith('strangers')
          ? `${percent(ours.strangersCertain)}, ${percent(ours.strangersOnDevice)}`
          : ''
        return [
          name,
          percent(ours.edgeSceneAccuracy),
          other === undefined ? '–' : `${percent(other.accuracy)} at ${percent(other.coverage)}`,
          `${percent(ours.accuracy)} at ${percent(ours.coverage)}`,
          percent(ours.partitionHitShare),
          percent(ours.switchRate),
          strangers,
        ]
      }),
    ),
    '',
  ]
}

/** What the manifests of the released bundles say of their worlds, as a page between its marks. */
export function withWorlds(page: string, manifests: readonly Manifest[]): string {
  const [start, end] = [page.indexOf(worldsStart), page.indexOf(worldsEnd)]
  if (start < 0 || end < start)
    throw new RangeError(`the page has no place between ${worldsStart} and ${worldsEnd}`)
  return `${page.slice(0, start + worldsStart.length)}\n\n${manifests.flatMap(world).join('\n')}\n${page.slice(end)}`
}
