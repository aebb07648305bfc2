import { vectorStrips } from '../charts/vector-strips.ts'
import { markup, nothing, type Markup } from '../html/markup.ts'
import { percent } from '../html/number-format.ts'
import { section } from '../html/section.ts'
import { tableBehind } from '../html/table.ts'
import type { PicturedReconstruction, ReportData } from '../report-data.ts'

/** Root of the mean squared difference. */
export const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.sqrt(a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0) / Math.max(1, a.length))

/** How much of what varies comes back; a share below zero is none. */
const explains = (what: string, share: number, ofWhat: string): string =>
  Number.isFinite(share) && share > 0
    ? `${what} explains ${percent(share)} of the variance ${ofWhat}`
    : `${what} brings back nothing ${ofWhat}: its reconstructions are no nearer than the mean`

function codeBars(code: readonly number[], ids: readonly string[]): Markup {
  const bars = code.map((share, index) => {
    const name = ids[index] ?? String(index + 1)
    return markup`<li><span class="bar" style="width:${(share * 100).toFixed(1)}%"></span><span class="bar-name">${name} ${percent(share, 0)}</span></li>`
  })
  return markup`<ul class="code" aria-label="code">${bars}</ul>`
}

function card(shown: PicturedReconstruction, { classNames, partitions }: ReportData['manifest']): Markup {
  const name = classNames[shown.classIndex] ?? ''
  const picture = markup`<div class="picture">
<img src="${shown.thumbnail}" alt="Validation image ${shown.image}, class ${name}" width="96" height="96">
<figcaption>${name}</figcaption>
</div>`
  const features = vectorStrips(
    `Features of the image and their reconstruction from z, ${shown.features.length} values`,
    shown.features,
    shown.reconstructedFeatures,
    ['features', 'from z'],
  )
  const z = vectorStrips(
    `z and its reconstruction from the code, ${shown.z.length} values`,
    shown.z,
    shown.reconstructedZ,
    ['z', 'from code'],
  )
  const code = codeBars(
    shown.code,
    partitions.map(({ id }) => id),
  )
  return markup`<figure class="reconstruction">${picture}<div class="levels">${features}${z}</div>${code}</figure>
`
}

/** Both levels of the encoder: what z keeps of what the full model sees, and what the code keeps of z. */
export function reconstructionsSection(data: ReportData): Markup {
  const { reconstructions, manifest } = data
  if (manifest.partitions.length === 0) return nothing
  const lead =
    'The encoder reads the features of the full model, not pixels: features → z → code, each level with a decoder that leads back.'
  if (reconstructions === undefined) {
    return section({
      id: 'code',
      title: 'The code and its reconstructions',
      lead,
      body: markup`<p>This run trained its code before reconstructions were kept; train it afresh to see them.</p>`,
    })
  }
  const { images, measuredImages, featuresExplained, zExplained } = reconstructions
  const table = tableBehind({
    caption: 'Distances (root mean squared) and codes of the images shown',
    columns: [
      { title: 'image' },
      { title: 'class', isText: true },
      { title: 'features to reconstruction' },
      { title: 'z to reconstruction' },
      ...manifest.partitions.map(({ id }) => ({ title: id })),
    ],
    rows: images.map((shown) => [
      shown.image,
      manifest.classNames[shown.classIndex] ?? '',
      distance(shown.features, shown.reconstructedFeatures).toFixed(3),
      distance(shown.z, shown.reconstructedZ).toFixed(3),
      ...shown.code.map((share) => percent(share)),
    ]),
  })
  const values = `the code, ${manifest.partitions.length} values,`
  const explained = `On ${measuredImages} validation images ${explains('z', featuresExplained, 'of the features')}; ${explains(values, zExplained, 'of z')}.`
  return section({
    id: 'code',
    title: 'The code and its reconstructions',
    lead: `${lead} ${explained} One colour is above zero, the other below; the upper strip of a pair is the original, the lower its reconstruction on the same scale.`,
    body: [markup`<div class="reconstructions">${images.map((shown) => card(shown, manifest))}</div>`, table],
  })
}
