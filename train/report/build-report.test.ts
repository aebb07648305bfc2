import { describe, expect, it } from 'vitest'
import { buildReport } from './build-report.ts'
import { hostileClass, sampleReport } from './testing/sample-report.ts'

const count = (text: string, what: RegExp): number => (text.match(what) ?? []).length

describe('buildReport', () => {
  it('is one file: no script, no style sheet and no picture from elsewhere', async () => {
    const html = buildReport(await sampleReport())
    expect(html).not.toMatch(/<script|<link|@import|url\(|<iframe/i)
    for (const [, source] of html.matchAll(/(?:src|href)="([^"]*)"/g)) expect(source).toMatch(/^(data:image\/png;base64,|#)/)
    expect(html).toContain("default-src &#39;none&#39;")
  })

  it('escapes class names and commands wherever they stand', async () => {
    const html = buildReport(await sampleReport())
    expect(html).not.toContain(hostileClass)
    expect(html).not.toContain('<img src=x')
    expect(html).toContain('&lt;img src=x')
    expect(html).toContain('--data &lt;b&gt;')
  })

  it('has a table behind every chart, a heading over it and a caption under it', async () => {
    const html = buildReport(await sampleReport())
    const figures = [...html.matchAll(/<figure class="(?:wide|narrow)">.*?<\/figure>/gs)].map(([figure]) => figure)
    expect(figures.length).toBeGreaterThan(10)
    for (const figure of figures) {
      expect(figure).toMatch(/<h3>.+<\/h3>/)
      expect(figure).toContain('<figcaption>')
      expect(count(figure, /<svg[^>]* role="img" aria-label="[^"]+"/g)).toBe(count(figure, /<svg/g))
      expect(figure.includes('<details>') || figure.includes('in the tables below')).toBe(true)
    }
  })

  it('says what lost, and holds no number that is none', async () => {
    const html = buildReport(await sampleReport())
    expect(html).toContain('Cascade is better than CacheNet on i.i.d.')
    expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/)
  })

  it('links to every section it has', async () => {
    const html = buildReport(await sampleReport())
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id)
    expect([...html.matchAll(/<section id="([^"]+)"/g)].map(([, id]) => id)).toEqual(targets)
  })

  it('copes with a bundle of the generalist alone, and with a run that kept nothing', async () => {
    const { reconstructions: _, ...data } = await sampleReport()
    const { encoder: __, ...manifest } = data.manifest
    const { encoder: ___, ...networks } = manifest.networks
    const alone = buildReport({
      ...data,
      manifest: { ...manifest, networks, partitions: [], gate: { ...manifest.gate, curve: [], localities: [] } },
      evaluation: { ...data.evaluation, inRegion: [], partitionShares: [], classByPartition: [[], [], [], []] },
      curves: [],
      confusions: data.confusions.slice(0, 1),
      entropies: [],
      reliabilities: [],
    })
    expect(alone).toContain('a Cascade')
    expect(alone).not.toMatch(/NaN|undefined|Infinity/)
    expect(buildReport(data)).toContain('before reconstructions were kept')
  })
})
