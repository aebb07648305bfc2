import { markup, type Markup } from './html/markup.ts'
import { reportStyle } from './html/report-style.ts'
import type { ReportData } from './report-data.ts'
import { confusionSection } from './sections/confusion.ts'
import { entropiesSection } from './sections/entropies.ts'
import { gateSection } from './sections/gate.ts'
import { headlineSection } from './sections/headline.ts'
import { reconstructionsSection } from './sections/reconstructions.ts'
import { regionsSection } from './sections/regions.ts'
import { reliabilitySection } from './sections/reliability.ts'
import { settingsSection } from './sections/settings.ts'
import { streamsSection } from './sections/streams.ts'
import { summarySection } from './sections/summary.ts'
import { trainingSection } from './sections/training-curves.ts'

/** What is folded away behind the headline, the most telling first. */
const parts: readonly {
  readonly id: string
  readonly name: string
  readonly build: (data: ReportData) => Markup
}[] = [
  { id: 'summary', name: 'Against simpler ways, and facts', build: summarySection },
  { id: 'streams', name: 'Streams of frames: every strategy', build: streamsSection },
  { id: 'regions', name: 'Regions of the partitions', build: regionsSection },
  { id: 'gate', name: 'The gate: when the phone answers by itself', build: gateSection },
  { id: 'entropies', name: 'Certainty of right and wrong answers', build: entropiesSection },
  { id: 'reliability', name: 'Whether it is right as often as it says', build: reliabilitySection },
  { id: 'confusion', name: 'All confusions, class by class', build: confusionSection },
  { id: 'code', name: 'The code and its reconstructions', build: reconstructionsSection },
  { id: 'training', name: 'Training curves', build: trainingSection },
  { id: 'settings', name: 'All settings', build: settingsSection },
]

/**
 * Nothing may run, nothing may be fetched: whatever a class is called, the file is only a picture of numbers.
 */
const contentPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"

/** The whole report as one file of HTML: no script, no request, light and dark, on paper too. */
export function buildReport(data: ReportData): string {
  const { manifest } = data
  const built = parts
    .map((part) => ({ ...part, content: part.build(data) }))
    .filter(({ content }) => content.toString() !== '')
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>CacheNet training report: ${manifest.id}</title>
<style>${reportStyle}</style>
</head>
<body>
<header><p class="product">CacheNet training report</p><h1>${manifest.id}</h1></header>
<main>
${headlineSection(data)}
<h2 class="rest">Everything else</h2>
${built.map(
  ({ name, content }) => markup`<details class="more"><summary>${name}</summary>${content}</details>
`,
)}</main>
</body>
</html>
`
  return page.toString()
}
