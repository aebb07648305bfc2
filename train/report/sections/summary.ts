import { markup, nothing, type Markup } from '../html/markup.ts'
import { byteSize, measured, whole } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import { dataTable } from '../html/table.ts'
import { isGraph, megaMacsOfFull, type FullNetwork } from '../../../core/bundle/full-network.ts'
import { planNetwork } from '../../../core/network/plan.ts'
import { formatDuration } from '../../run/progress.ts'
import type { ReportData } from '../report-data.ts'
import { verdictOf, type Finding } from '../verdict.ts'

const fact = (name: string, value: string | Markup): Markup =>
  markup`<div><dt>${name}</dt><dd>${value}</dd></div>`

const numbersOf = ({ numbers }: Finding): Markup =>
  numbers.length === 0 ? nothing : markup`<ul>${numbers.map((line) => markup`<li>${line}</li>`)}</ul>`

const list = (findings: readonly Finding[]): Markup =>
  markup`<ul>${findings.map((found) => markup`<li>${found.sentence}${numbersOf(found)}</li>`)}</ul>`

function networksTable({ manifest, evaluation }: ReportData): Markup {
  const { networks, partitions } = manifest
  const percent = measured(evaluation.images)
  const fullMacs = megaMacsOfFull(networks.full)
  const row = (name: string, spec: FullNetwork, sizeBytes: number, accuracy: string): string[] => {
    const megaMacs = megaMacsOfFull(spec)
    return [
      name,
      megaMacs.toFixed(2),
      `${(fullMacs / megaMacs).toFixed(1)} ×`,
      isGraph(spec) ? '–' : whole(planNetwork(spec).parameters),
      byteSize(sizeBytes),
      accuracy,
    ]
  }
  const { full, generalist, encoder } = manifest
  const delta = partitions[0]?.delta
  const first = partitions[0]
  return dataTable({
    caption: 'Networks: cost of one image, size as downloaded, accuracy on all test images.',
    columns: ['network', 'MMACs', 'cheaper than full', 'weights', 'download', 'right'].map((title) => ({
      title,
    })),
    rows: [
      row('full model', networks.full, full.whole.bytes, percent(evaluation.fullAccuracy)),
      row('generalist', networks.generalist, generalist.whole.bytes, percent(evaluation.generalistAccuracy)),
      ...(first === undefined
        ? []
        : [
            row(
              `each of ${partitions.length} partitions`,
              networks.partition,
              first.whole.bytes,
              'by region',
            ),
          ]),
      ...(delta === undefined ? [] : [['… as a delta', '–', '–', '–', byteSize(delta.bytes), 'by region']]),
      ...(networks.encoder === undefined || encoder === undefined
        ? []
        : [row('encoder, behind the full model', networks.encoder.spec, encoder.whole.bytes, '–')]),
    ],
  })
}

/** What was trained, from what, at which cost; then, before anything else, what lost. */
export function summarySection(data: ReportData): Markup {
  const { manifest, imageCounts } = data
  const { training, dataset, classNames, input } = manifest
  const { lost, won } = verdictOf(data)
  const facts = [
    fact('bundle', manifest.id),
    fact('data', `${dataset.kind}: ${dataset.description}`),
    fact(
      'images',
      `${whole(imageCounts.train)} to train on, ${whole(imageCounts.validation)} for choices, ${whole(imageCounts.test)} for this report; ${classNames.length} classes, ${input.width} × ${input.height} pixels`,
    ),
    fact('command', markup`<code>${training.command}</code>`),
    fact('seed', String(training.seed)),
    fact('commit', markup`<code>${training.commit}</code>`),
    fact('time taken', formatDuration(training.elapsedSeconds)),
    fact('written', manifest.createdAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')),
  ]
  const verdict = (title: string, className: string, findings: readonly Finding[]): Markup =>
    findings.length === 0
      ? nothing
      : markup`<div class="verdict ${className}"><h3>${title}</h3>${list(findings)}</div>`
  return section({
    id: 'summary',
    title: 'In short',
    lead: `Streams and regions of test images, looked at once. A strategy keeps the accuracy line where the whole – hits, and misses that the full model answers – is within ${(data.accuracyTolerance * 100).toFixed(1)} points of the full model that knows the scene too; the line comes first, then coverage.`,
    body: [
      markup`<div class="verdicts">${verdict('What lost', 'lost', lost)}${verdict('What won', 'won', won)}</div>`,
      markup`<dl class="facts">${facts}</dl>`,
      networksTable(data),
    ],
  })
}
