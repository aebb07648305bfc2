import { describe, expect, it } from 'vitest'
import { buildReport } from './build-report.ts'
import { hostileClass, sampleReport } from './testing/sample-report.ts'

const count = (text: string, what: RegExp): number => (text.match(what) ?? []).length

describe('buildReport', () => {
  it('is one file: no script, no style sheet and no picture from elsewhere', async () => {
    const html = buildReport(await sampleReport())
    expect(html).not.toMatch(/<script|<link|@import|url\(|<iframe/i)
    for (const [, source] of html.matchAll(/(?:src|href)="([^"]*)"/g))
      expect(source).toMatch(/^(data:image\/png;base64,|#)/)
    expect(html).toContain('default-src &#39;none&#39;')
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
    const figures = [...html.matchAll(/<figure class="(?:wide|narrow)">.*?<\/figure>/gs)].map(
      ([figure]) => figure,
    )
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

  it('says first how good it is, what it confuses and what to do next, and folds away the rest', async () => {
    const html = buildReport(await sampleReport())
    const [first, ...others] = html.split('<details class="more">')
    for (const part of [
      '<section id="result">',
      '90\u00a0%</strong> <span class="tile-interval">(77–96)',
      'Phone alone',
      '<strong>bee</strong> taken for <strong>cat</strong>: 2 of 10',
      'src="data:image/png;base64,AAAA"',
      'What to do next',
      'npm run edge',
    ])
      expect(first).toContain(part)
    expect(count(first!, /<section/g)).toBe(1)
    expect(first!.split('</style>')[1]!.length).toBeLessThan(6000)
    expect(others.length).toBeGreaterThan(8)
    for (const part of others) expect(part).toMatch(/^<summary>[^<]+<\/summary><section id="[a-z]+">/)
  })

  it('says at the top what is not worth using', async () => {
    const data = await sampleReport()
    const [first] = buildReport({
      ...data,
      evaluation: { ...data.evaluation, generalistAccuracy: 0.2 },
    }).split('<details')
    expect(first).toContain('The generalist is not worth using')
    const { evaluation } = data
    expect(
      buildReport({ ...data, evaluation: { ...evaluation, inRegion: [] } }).split('<details')[0],
    ).not.toContain('class="warnings"')
  })

  it('has an interval at every share of few test images', async () => {
    const html = buildReport(await sampleReport())
    const shown = html.replace(/<style>.*<\/style>/s, '').replace(/<(svg|pre).*?<\/\1>/gs, '')
    for (const id of ['result', 'summary', 'streams', 'regions', 'confusion']) {
      const section = shown.split(`<section id="${id}">`)[1]!.split('</section>')[0]!
      // But for the marks of axes, and how often a partition changes, which hangs on the stream and not on
      // the images.
      const counted = section
        .replace(/<td class="number">[\d.]+\u00a0%<\/td><\/tr>/g, '')
        .replace(/guessing is right on [\d.]+/g, '')
      for (const [figure] of counted.matchAll(
        /.{0,60}\d(?:\.\d)?\u00a0%(?!\u00a0\(\d+–\d+\)|<\/strong> <span class="tile-interval">).{0,30}/gs,
      ))
        expect(figure).toBe('')
    }
  })

  it('copes with a bundle of the generalist alone, and with a run that kept nothing', async () => {
    const { reconstructions: _, ...data } = await sampleReport()
    const { encoder: __, ...manifest } = data.manifest
    const { encoder: ___, ...networks } = manifest.networks
    const alone = buildReport({
      ...data,
      manifest: {
        ...manifest,
        networks,
        partitions: [],
        gate: { ...manifest.gate, curve: [], localities: [] },
      },
      evaluation: {
        ...data.evaluation,
        inRegion: [],
        partitionShares: [],
        classByPartition: [[], [], [], []],
      },
      curves: [],
      confusions: data.confusions.slice(0, 1),
      entropies: [],
      reliabilities: [],
    })
    expect(alone).toContain('a Cascade')
    expect(alone).not.toMatch(/NaN|undefined|Infinity/)
    expect(buildReport(data)).toContain('before reconstructions were kept')
  })

  it('says no share of a variance that is none', async () => {
    const data = await sampleReport()
    const html = buildReport({
      ...data,
      reconstructions: { ...data.reconstructions!, zExplained: -1.378, featuresExplained: Number.NaN },
    })
    expect(html).toContain('z brings back nothing of the features')
    expect(html).toContain('brings back nothing of z')
    expect(html).not.toMatch(/-137|−137|NaN/)
  })
})
